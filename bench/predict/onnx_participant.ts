import { type PreparedBatch, serve } from './serve';

/**
 * ONNX Runtime on the graph that the reference exports. Usage: onnx_participant.ts onnxruntime-node|onnxruntime-web
 * THREADS
 */
const [library, threads] = [process.argv[2], Number(process.argv[3])];

/** What both packages have. */
type OnnxRuntime = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>;

let runtime: OnnxRuntime;
let session: import('onnxruntime-node').InferenceSession;

async function open(model: string): Promise<void> {
  runtime = library === 'onnxruntime-web' ? await loadWeb() : await import('onnxruntime-node');
  session = await runtime.InferenceSession.create(`${model}.onnx`, { intraOpNumThreads: threads });
}

async function loadWeb(): Promise<OnnxRuntime> {
  const web = await import('onnxruntime-web');
  web.env.wasm.numThreads = threads;
  return web;
}

async function run({ ids, mask, batch, length }: PreparedBatch): Promise<Float32Array> {
  const { last_hidden_state: states } = await session.run({
    input_ids: new runtime.Tensor('int64', BigInt64Array.from(ids, BigInt), [batch, length]),
    attention_mask: new runtime.Tensor('int64', BigInt64Array.from(mask, BigInt), [batch, length]),
  });
  return states!.data as Float32Array;
}

void serve({ open, run, warmUp: async () => false, close: async () => session?.release() });
