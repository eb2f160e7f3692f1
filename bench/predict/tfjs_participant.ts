import { type BackendName, TFDebertaV2Model, tf, useBackend } from '../../src/index';
import { enableRelaxedSimd } from '../enable_relaxed_simd';
import { type PreparedBatch, serve } from './serve';

/** This package on one backend. Usage: tfjs_participant.ts BACKEND THREADS [float32|int8 [relaxed]] */
const [backend, threads, inferencePrecision = 'float32', simd] = process.argv.slice(2) as [
  BackendName,
  string,
  ('float32' | 'int8')?,
  'relaxed'?,
];
let model: TFDebertaV2Model;

async function open(folder: string): Promise<void> {
  if (simd === 'relaxed') enableRelaxedSimd();
  await useBackend(backend, { threads: Number(threads) });
  model = await TFDebertaV2Model.fromPretrained(folder, { inferencePrecision });
}

async function run({ ids, mask, batch, length }: PreparedBatch): Promise<Float32Array> {
  const inputs = {
    input_ids: tf.tensor2d(ids, [batch, length], 'int32'),
    attention_mask: tf.tensor2d(mask, [batch, length], 'int32'),
  };
  const states = model.predict(inputs) as tf.Tensor;
  const values = (await states.data()) as Float32Array;
  tf.dispose([inputs, states]);
  return values;
}

async function warmUp(batches: readonly PreparedBatch[]): Promise<boolean> {
  await model.warmUp(batches.map(({ batch, length }) => [batch, length]));
  const compiled = new Set(model.inferenceInfo().compiledShapes.map(String));
  return batches.every(({ batch, length }) => compiled.has(String([batch, length])));
}

void serve({ open, warmUp, run, close: async () => void model?.dispose() });
