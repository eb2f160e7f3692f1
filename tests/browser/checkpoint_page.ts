import { TFDebertaV2ForSequenceClassification, tf, useBackend } from '../../src/index';
import { type PolicyViolation, violations } from './policy_violations';

/** What the check asks the page to do. */
export interface CheckpointTask {
  /** As `fromPretrained` takes it. */
  readonly source: string;
  readonly hubUrl: string;
  readonly inputs: Readonly<Record<string, number[][]>>;
}

/** What the page found. */
export interface CheckpointResult {
  readonly logits: number[][];
  /** Names of files of which bytes came in. */
  readonly downloads: readonly string[];
  /** The largest share of the weights that was told while they were read. */
  readonly progress: number;
  readonly violations: readonly PolicyViolation[];
}

async function loadCheckpoint({ source, hubUrl, inputs }: CheckpointTask): Promise<CheckpointResult> {
  await useBackend('cpu');
  const downloads = new Set<string>();
  let progress = 0;
  const model = await TFDebertaV2ForSequenceClassification.fromPretrained(source, {
    hubUrl,
    onDownload: ({ file }) => void downloads.add(file),
    onProgress: ({ loaded, total }) => {
      progress = loaded / total;
    },
  });
  const tensors = Object.entries(inputs).map(([name, rows]) => [name, tf.tensor2d(rows, undefined, 'int32')] as const);
  const logits = await (model.predict(Object.fromEntries(tensors)) as tf.Tensor2D).array();
  model.dispose();
  return { logits, downloads: [...downloads], progress, violations: await violations() };
}

declare global {
  interface Window {
    loadCheckpoint: typeof loadCheckpoint;
  }
}
window.loadCheckpoint = loadCheckpoint;
