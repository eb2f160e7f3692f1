import { TFDebertaV2Model, tf, useBackend } from '../../src/index';
import { prepareBatches } from '../predict/prepare_batches';
import type { PreparedBatch } from '../predict/serve';
import type { Workload } from '../predict/workload';

/** Who computes in a page, and with what. */
export interface PageTask {
  readonly library: 'tfjs-deberta-v2' | 'onnxruntime-web';
  readonly threads: number;
  readonly inferencePrecision: 'float32' | 'int8';
  /** Folder of the checkpoint; the ONNX graph lies beside. */
  readonly modelUrl: string;
  /** Folder of the `.wasm` files of tfjs. */
  readonly wasmPaths: string;
  /** The module of onnxruntime-web. */
  readonly runtimeUrl: string;
}

let run: (batch: PreparedBatch) => Promise<Float32Array>;
const prepared = new Map<string, readonly PreparedBatch[]>();

/** What a page of the benchmark does when it is asked to. */
const racePage = {
  /** Loads the model; which build of the kernels computes, for this package. */
  async open(task: PageTask): Promise<string | undefined> {
    return task.library === 'onnxruntime-web' ? openRuntime(task) : openModel(task);
  },
  prepare(workload: Workload): void {
    prepared.set(workload.name, prepareBatches(workload));
  },
  /** Computes a workload once; milliseconds. */
  async call(workload: string): Promise<number> {
    const start = performance.now();
    await compute(workload);
    return performance.now() - start;
  },
  /** Computes a workload once; the bytes of the results, float32, as base64. */
  async results(workload: string): Promise<string> {
    const parts = await compute(workload);
    return btoa(parts.map(textOf).join(''));
  },
};

async function compute(workload: string): Promise<Float32Array[]> {
  const results: Float32Array[] = [];
  for (const batch of prepared.get(workload)!) results.push(await run(batch));
  return results;
}

async function openModel({ threads, inferencePrecision, modelUrl, wasmPaths }: PageTask): Promise<string | undefined> {
  await useBackend('wasm', { threads, wasmPaths });
  const model = await TFDebertaV2Model.fromPretrained(modelUrl, { inferencePrecision });
  run = async ({ ids, mask, batch, length }) => {
    const inputs = {
      input_ids: tf.tensor2d(ids, [batch, length], 'int32'),
      attention_mask: tf.tensor2d(mask, [batch, length], 'int32'),
    };
    // A page's main thread may not wait for others; those compute by themselves.
    const states = (threads > 1 ? await model.predictAsync(inputs) : model.predict(inputs)) as tf.Tensor;
    const values = (await states.data()) as Float32Array;
    tf.dispose([inputs, states]);
    return values;
  };
  return model.inferenceInfo().kernels?.build;
}

async function openRuntime({ threads, modelUrl, runtimeUrl }: PageTask): Promise<undefined> {
  // As the package is served, so that its threads find their code.
  const { env, InferenceSession, Tensor }: typeof import('onnxruntime-web') = await import(runtimeUrl);
  env.wasm.numThreads = threads;
  const session = await InferenceSession.create(`${modelUrl}.onnx`, { executionProviders: ['wasm'] });
  run = async ({ ids, mask, batch, length }) => {
    const tensorOf = (values: Int32Array) => new Tensor('int64', BigInt64Array.from(values, BigInt), [batch, length]);
    const { last_hidden_state: states } = await session.run({
      input_ids: tensorOf(ids),
      attention_mask: tensorOf(mask),
    });
    return states!.data as Float32Array;
  };
}

/** A character for each byte. */
function textOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  // Arguments of one call are limited.
  const size = 8192;
  return Array.from({ length: Math.ceil(byteLength / size) }, (_, part) =>
    String.fromCharCode(...bytes.subarray(part * size, (part + 1) * size)),
  ).join('');
}

declare global {
  interface Window {
    racePage: typeof racePage;
  }
}
window.racePage = racePage;
