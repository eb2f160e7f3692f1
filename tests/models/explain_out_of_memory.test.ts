import * as tf from '@tensorflow/tfjs';
import { BackendError, type DebertaError } from '../../src/errors';
import { estimateMemory } from '../../src/models/estimate_memory';
import { explainOutOfMemory } from '../../src/models/explain_out_of_memory';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { useBackend } from '../../src/runtime/use_backend';
import { fillWasmMemory } from '../harness';
import { tinyConfig } from '../layers/tiny_config';

const CONFIG = tinyConfig();
const STEP = { batch: 16, length: 64 };

const rethrow =
  (error: unknown, options = {}) =>
  () => {
    throw explainOutOfMemory(error, CONFIG, { ...STEP, ...options });
  };

/** As they were seen, or as the sources have them. */
const MESSAGES = [
  'memory access out of bounds',
  'Aborted(OOM). Build with -sASSERTIONS for more info.',
  'Aborted(Cannot enlarge memory arrays)',
  'The backend wasm is out of memory: 8.4 MB more do not fit beside the 4.1 GB it has; use smaller batches.',
  'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[65536,65536] and type float',
  'RESOURCE_EXHAUSTED: failed to allocate memory',
  'std::bad_alloc',
  'Requested texture size [20000x20000] greater than WebGL maximum on this browser / GPU [16384x16384].',
  'Unable to create WebGLTexture.',
  'Array buffer allocation failed',
  'Invalid typed array length: 5000000000',
  'Invalid array length',
];

describe('explainOutOfMemory', () => {
  test.each(MESSAGES)('explains: %s', (message) => {
    expect(rethrow(new Error(message))).toThrowDebertaError(
      'backend',
      /^A training step of batch 16 and length 64 needs about \d+\.\d MB \(weights .* activations .*\), more than there is; use gradient checkpointing \(about .*\), or batches of 8 with accumulation over 2/,
    );
  });

  test('keeps what was thrown and the estimate', () => {
    const cause = new RangeError('Array buffer allocation failed');
    const error = explainOutOfMemory(cause, CONFIG, STEP) as DebertaError;
    expect(error.cause).toBe(cause);
    expect(error.expected).toEqual(estimateMemory(CONFIG, STEP));
    expect(error.received).toEqual(STEP);
  });

  test('says what helps a prediction, and that nothing does', () => {
    const error = new Error('std::bad_alloc');
    expect(rethrow(error, { training: false })).toThrowDebertaError('backend', /^A prediction .*; use batches of 8 \(/);
    expect(rethrow(error, { training: false, batch: 1, length: 8 })).toThrowDebertaError(
      'backend',
      /use a smaller model/,
    );
  });

  test.each([
    new Error('Error in add: shapes do not match.'),
    new BackendError('The backend webgl does not start here.'),
    new TypeError('x is undefined'),
    'OOM',
    undefined,
  ])('leaves alone: %p', (error) => {
    expect(explainOutOfMemory(error, CONFIG, STEP)).toBe(error);
  });

  test('a step that wasm has no room for is explained, and a smaller one goes on', async () => {
    await useBackend('wasm');
    const model = new TFDebertaV2ForSequenceClassification(CONFIG.with({ positionBiasedInput: false }), { seed: 1 });
    const step = (batch: number, length: number) => {
      const inputs = { input_ids: tf.ones([batch, length], 'int32'), labels: tf.zeros([batch], 'int32') };
      try {
        return tf.tidy(() => tf.variableGrads(() => model.forward(inputs, { training: true }).loss as tf.Scalar).value);
      } catch (error) {
        throw explainOutOfMemory(error, model.config, { batch, length });
      } finally {
        tf.dispose(inputs);
      }
    };
    model.setSeed(1);
    const expected = step(1, 4);
    const release = fillWasmMemory();
    expect(() => step(8, 256)).toThrowDebertaError('backend', /^A training step of batch 8 and length 256 needs about/);
    release();
    model.setSeed(1);
    expect(step(1, 4)).toBeCloseToTensor(expected, 0);
  });
});
