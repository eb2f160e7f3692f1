import * as peer from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {
  type BackendName,
  type InferenceInfo,
  type TFDebertaV2ForSequenceClassification,
  tf,
  useBackend,
} from '../../src/index';

/** What the check asks the page to do. */
export interface ModelTask {
  readonly backend: BackendName;
  readonly modelUrl: string;
  readonly wasmPaths: string;
  readonly inputIds: number[][];
}

/** What the page found. */
export interface ModelPageResult {
  readonly backend: string;
  readonly logits: number[][];
  /** Loss before and after a few training steps towards the model's own answers turned round. */
  readonly losses: number[];
  /** Tensors left behind by predictions. */
  readonly leaked: number;
  /** What `predictAsync` gave. */
  readonly asynchronous: number[][];
  /** How `predict` computed. */
  readonly info: InferenceInfo;
}

async function runModel({ backend, modelUrl, wasmPaths, inputIds }: ModelTask): Promise<ModelPageResult> {
  if (tf.engine() !== peer.engine()) throw new Error('The page holds two instances of tfjs.');
  await useBackend(backend, { wasmPaths, threads: 2 });
  const model = (await tf.loadLayersModel(modelUrl)) as TFDebertaV2ForSequenceClassification;
  const longest = Math.max(...inputIds.map((ids) => ids.length));
  const padded = inputIds.map((ids) => [...ids, ...Array<number>(longest - ids.length).fill(0)]);
  const mask = inputIds.map((ids) => padded[0]!.map((_, position) => Number(position < ids.length)));
  const batch = {
    input_ids: tf.tensor2d(padded, undefined, 'int32'),
    attention_mask: tf.tensor2d(mask, undefined, 'int32'),
  };

  const later = (await model.predictAsync(batch)) as tf.Tensor2D;
  const asynchronous = await later.array();
  later.dispose();
  const predicted = model.predict(batch) as tf.Tensor2D;
  const logits = await predicted.array();
  predicted.dispose();
  const before = tf.memory().numTensors;
  for (let call = 0; call < 3; call++) tf.dispose([model.predict(batch), await model.predictAsync(batch)].flat());
  const leaked = tf.memory().numTensors - before;
  const info = model.inferenceInfo();

  const labels = tf.tensor1d(
    logits.map(([ham = 0, spam = 0]) => Number(ham > spam)),
    'int32',
  );
  model.compile({ optimizer: tf.train.adam(1e-3) });
  const { history } = await model.fit(batch, labels, { epochs: 4, verbose: 0 });
  return { backend: tf.getBackend(), logits, losses: history.loss as number[], leaked, asynchronous, info };
}

declare global {
  interface Window {
    runModel: typeof runModel;
  }
}
window.runModel = runModel;
