import { basename, dirname } from 'node:path';
import { type PreparedBatch, serve } from './serve';

/**
 * The feature extraction pipeline of transformers.js on the graph that the reference exports; in Node it runs it with
 * onnxruntime-node. Usage: transformers_participant.ts THREADS
 */
const threads = Number(process.argv[2]);

let extract: (batch: PreparedBatch) => Promise<Float32Array>;
let close = async (): Promise<unknown> => undefined;

async function open(folder: string): Promise<void> {
  const { AutoModel, env, FeatureExtractionPipeline, Tensor } = await import('@huggingface/transformers');
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const model = await AutoModel.from_pretrained(basename(folder), {
    dtype: 'fp32',
    session_options: { intraOpNumThreads: threads },
  });
  // Everybody gets ids; the pipeline asks for a tokenizer, and this one has done its work.
  const tokenizer = ((inputs: unknown) => inputs) as never;
  const pipeline = new FeatureExtractionPipeline({ task: 'feature-extraction', model, tokenizer });
  close = () => pipeline.dispose();
  extract = async ({ ids, mask, batch, length }) => {
    const tensorOf = (values: Int32Array) => new Tensor('int64', BigInt64Array.from(values, BigInt), [batch, length]);
    const inputs = { input_ids: tensorOf(ids), attention_mask: tensorOf(mask) };
    return (await pipeline(inputs as never)).data as Float32Array;
  };
}

void serve({
  open,
  run: (batch) => extract(batch),
  warmUp: async () => false,
  close: async () => void (await close()),
});
