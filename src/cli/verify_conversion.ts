import * as tf from '@tensorflow/tfjs';
import type { Architecture } from '../config/architecture';
import type { ConversionOptions } from '../convert/convert_checkpoint';
import { CheckpointError } from '../errors';
import { useBackend } from '../runtime/use_backend';
import { MODEL_CLASSES } from './model_classes';

/** How far the outputs of two checkpoints lie apart. */
export interface Verification {
  /** Between any two numbers of the outputs. */
  readonly largestDifference: number;
  /** Of the source, for scale. */
  readonly largestOutput: number;
  readonly backend: string;
}

const ROWS = 2;
const LONGEST = 16;
/** What float32 may lose when it is computed in another order. */
const TOLERANCE = 1e-5;
/** Weights that both checkpoints lack start from it, the same in both. */
const SEED = 1;

/**
 * Runs a checkpoint and what it was converted into on the same tokens.
 *
 * @throws {CheckpointError} when weights stored as float32 give another output.
 */
export async function verifyConversion(
  place: string,
  output: string,
  architecture: Architecture,
  options: ConversionOptions,
): Promise<Verification> {
  const backend = await useBackend();
  const before = await predictWith(place, architecture, options);
  const after = await predictWith(output, architecture, {});
  let [largestDifference, largestOutput] = [0, 0];
  for (const [tensor, values] of before.entries()) {
    for (const [index, value] of values.entries()) {
      const other = after[tensor]![index]!;
      const difference = Object.is(value, other) ? 0 : Math.abs(value - other);
      // NaN compares false with everything, and must not pass for equal.
      if (Number.isNaN(difference) || difference > largestDifference) largestDifference = difference;
      largestOutput = Math.max(largestOutput, Math.abs(value));
    }
  }
  if ((options.dtype ?? 'float32') === 'float32' && !(largestDifference <= TOLERANCE * Math.max(1, largestOutput))) {
    throw new CheckpointError(
      `${output} must give the outputs of ${place} within ${TOLERANCE}, and they differ by ${largestDifference}; do not use it, and report this.`,
      { path: output, expected: TOLERANCE, received: largestDifference },
    );
  }
  return { largestDifference, largestOutput, backend };
}

async function predictWith(
  place: string,
  architecture: Architecture,
  { ignoreMismatchedSizes = false, ...options }: ConversionOptions,
): Promise<readonly tf.TypedArray[]> {
  const model = await MODEL_CLASSES[architecture].fromPretrained(place, {
    ...options,
    ignoreMismatchedSizes,
    seed: SEED,
    onProgress: () => options.signal?.throwIfAborted(),
  });
  const { vocabSize, maxPositionEmbeddings } = model.config;
  const length = Math.min(LONGEST, maxPositionEmbeddings);
  // Spread over the whole vocabulary, never the padding in row 0.
  const ids = Array.from({ length: ROWS * length }, (_, index) => 1 + ((index * 7919) % (vocabSize - 1)));
  const shape = architecture === 'TFDebertaV2ForMultipleChoice' ? [1, ROWS, length] : [ROWS, length];
  const inputs = tf.tensor(ids, shape, 'int32');
  const result = model.predict(inputs);
  const outputs = Array.isArray(result) ? result : [result];
  try {
    return await Promise.all(outputs.map((tensor) => tensor.data()));
  } finally {
    tf.dispose([inputs, ...outputs]);
    model.dispose();
  }
}
