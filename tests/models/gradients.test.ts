import * as tf from '@tensorflow/tfjs';
import { eachBackend } from '../harness';
import { deterministicModel } from '../harness/deterministic_weights';
import { configFor, HEAD_NAMES, HEADS, type HeadFixture, type HeadName, readFixture, tensorsOf } from './cases';
import { readReferenceWeights } from './reference_weights';

type GradientFixture = { readonly config: Record<string, unknown> } & Record<HeadName, HeadFixture>;

/** Relative to the largest gradient of the weight; those that are zero in theory are compared with the loss's scale. */
const TOLERANCE = 1e-4;
const SMALLEST_SCALE = 1e-3;

eachBackend('the gradient of every weight is that of PyTorch within 1e-4', () => {
  describe.each(['conv_shared', 'own_token_types'])('%s', (name) => {
    const fixture = readFixture<GradientFixture>('gradients', `${name}.json`);

    test.each(HEAD_NAMES)('%s', async (head) => {
      const config = configFor(fixture.config, head);
      const model = deterministicModel<InstanceType<(typeof HEADS)[typeof head]>>(HEADS[head], config);
      const inputs = tensorsOf({}, fixture[head]);
      const { value, grads } = tf.variableGrads(() => model.forward(inputs, { training: true }).loss as tf.Scalar);
      expect(value).toBeCloseToTensor(fixture[head].loss);

      for (const { variable, expected } of await readReferenceWeights(
        model,
        `gradients/${name}`,
        `${head}.safetensors`,
      )) {
        const scale = Math.max(tf.max(tf.abs(expected)).dataSync()[0]!, SMALLEST_SCALE);
        expect(tf.div(grads[variable.name]!, scale)).toBeCloseToTensor(tf.div(expected, scale), TOLERANCE);
      }
    });
  });
});
