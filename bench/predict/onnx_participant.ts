import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type PreparedBatch, serve } from './serve';

/** onnxruntime-node on the graph that the reference exports. Usage: onnx_participant.ts THREADS */
const threads = Number(process.argv[2]);
let session: InferenceSession;

async function open(model: string): Promise<void> {
  session = await InferenceSession.create(`${model}.onnx`, { intraOpNumThreads: threads });
}

async function run({ ids, mask, batch, length }: PreparedBatch): Promise<Float32Array> {
  const { last_hidden_state: states } = await session.run({
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [batch, length]),
    attention_mask: new Tensor('int64', BigInt64Array.from(mask, BigInt), [batch, length]),
  });
  return states!.data as Float32Array;
}

void serve({ open, run, warmUp: async () => false, close: async () => session?.release() });
