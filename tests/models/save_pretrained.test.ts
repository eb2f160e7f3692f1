import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { CHECKPOINT_FORMATS, type CheckpointFormat } from '../../src/convert/checkpoint_format';
import { STORAGE_TYPES, type StorageType } from '../../src/convert/storage_type';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { fixturePath } from '../convert/support';

/**
 * How far a logit may be off, as a share of the largest: some steps of the type.
 *
 * Measured: float16 1.6e-4, bfloat16 1.0e-3, uint16 1.7e-5, uint8 2.6e-3; for the spam classifier of the examples
 * 0.8e-4, 0.9e-3, 0.9e-5 and 2.4e-3.
 */
const BOUNDS: Readonly<Record<StorageType, number>> = {
  float32: 0,
  float16: 2 ** -11,
  bfloat16: 2 ** -7,
  uint16: 4 / 65535,
  uint8: 4 / 255,
};

let folder: string;
let model: TFDebertaV2ForSequenceClassification;

beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'tfjs-deberta-v2-'));
  model = await TFDebertaV2ForSequenceClassification.fromPretrained(fixturePath('safetensors'));
});
afterAll(async () => {
  model.dispose();
  await rm(folder, { recursive: true, force: true });
});

function logitsOf(classifier: TFDebertaV2ForSequenceClassification): Float32Array {
  return tf.tidy(() => {
    const ids = Array.from({ length: 32 }, (_, index) => 1 + ((7 * index) % (classifier.config.vocabSize - 1)));
    return (classifier.predict(tf.tensor(ids, [4, 8], 'int32')) as tf.Tensor).dataSync<'float32'>();
  });
}

const choices = CHECKPOINT_FORMATS.flatMap((format) =>
  STORAGE_TYPES[format].map((dtype): [CheckpointFormat, StorageType] => [format, dtype]),
);
test.each(choices)('a model saved as %s in %s gives nearly the same logits', async (format, dtype) => {
  const place = join(folder, `${format}_${dtype}`);
  await model.savePretrained(place, { format, dtype });
  const copy = await TFDebertaV2ForSequenceClassification.fromPretrained(place);
  const [expected, actual] = [logitsOf(model), logitsOf(copy)];
  copy.dispose();
  const largest = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!))) / largest;
  expect(difference).toBeLessThanOrEqual(BOUNDS[dtype]);
});

test('a type that the format cannot hold is refused', async () => {
  await expect(() =>
    model.savePretrained(join(folder, 'refused'), { format: 'h5', dtype: 'float16' }),
  ).toThrowDebertaError('usage', /dtype must be float32 for h5, received "float16"/);
});
