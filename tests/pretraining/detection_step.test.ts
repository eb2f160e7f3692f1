import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { openSafetensors } from '../../src/convert/safetensors/safetensors_reader';
import { weightSpecs } from '../../src/convert/weight_names';
import { namedWeight } from '../../src/models/named_weight';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { AdamWeightDecay, type NamedWeight } from '../../src/optimizers/adam_weight_decay';
import { localFolder } from '../../src/sources/local_folder';
import { eachBackend } from '../harness';
import { FIXTURES } from '../models/cases';
import { batchOf, DETECTION_FIXTURES, GradientRecorder, pretrainingOf, readDetection } from './detection_fixture';

/** Relative to the largest gradient of the weight; those that are zero in theory are compared with the loss's scale. */
const TOLERANCE = 1e-4;
const SMALLEST_SCALE = 1e-3;

/** Compares the gradients of what a model's loss trains with the reference, no more and no fewer. */
async function expectGradients(
  file: string,
  model: TFDebertaV2PreTrainedModel,
  trainedOf: (weight: NamedWeight) => NamedWeight,
  gradients: ReadonlyMap<tf.Variable, tf.Tensor>,
): Promise<void> {
  const reader = await openSafetensors(localFolder(join(FIXTURES, 'pretraining')), file);
  const unread = new Set(reader.tensors.keys());
  const specs = new Map(weightSpecs(model.config, model.architecture).map((spec) => [spec.tfName, spec]));
  for (const weight of model.weights.map(namedWeight)) {
    const { name, pytorchShape, transform } = specs.get(weight.path)!;
    const trained = trainedOf(weight);
    const key = trained.path.endsWith('/_weight') ? name.replace(/weight$/, '_weight') : name;
    expect(unread.delete(key)).toBe(true);
    const values = tf.tensor(await reader.read(key), [...pytorchShape]);
    const expected = transform === 'none' ? values : tf.transpose(values);
    const scale = Math.max(tf.max(tf.abs(expected)).dataSync()[0]!, SMALLEST_SCALE);
    const received = gradients.get(trained.variable) ?? tf.zerosLike(expected);
    expect(tf.div(received, scale)).toBeCloseToTensor(tf.div(expected, scale), TOLERANCE);
  }
  expect([...unread]).toEqual([]);
  await reader.close();
}

/** Of the fixtures those that a backend has the time for; `cpu` computes as `wasm` does. */
const ENHANCED = ['enhanced_gdes', 'enhanced_es', 'enhanced_none'] as const;
const FIRST_STEPS = { cpu: ENHANCED, wasm: DETECTION_FIXTURES, tensorflow: DETECTION_FIXTURES };
const LATER_STEPS = { cpu: ENHANCED.slice(0, 1), wasm: DETECTION_FIXTURES, tensorflow: ENHANCED.slice(0, 2) };

eachBackend('a step of replaced token detection is that of the original in PyTorch', (backend) => {
  afterEach(() => tf.disposeVariables());

  describe('the gradients of both losses, within 1e-4:', () => {
    test.each(FIRST_STEPS[backend])('%s', async (name) => {
      const fixture = readDetection(name);
      const batch = batchOf(fixture);
      const [ofGenerator, ofDiscriminator] = [new GradientRecorder(), new GradientRecorder()];
      const pretraining = pretrainingOf(fixture, [ofGenerator, ofDiscriminator]);
      const { generator, discriminator, tables } = pretraining;
      const [first] = fixture.steps;

      const generated = await pretraining.trainGenerator(batch);
      expect(generated.loss).toBeCloseTo(fixture.generator_loss, 5);
      expect(generated.sampled).toHaveLength(first!.sampled.length);
      await expectGradients(`${name}.generator.safetensors`, generator, (weight) => weight, ofGenerator.gradients);

      const detected = await pretraining.trainDiscriminator(batch, first!.sampled);
      expect(detected.loss).toBeCloseTo(fixture.discriminator_loss, 5);
      const scores = fixture.discriminator_logits.flat();
      const real = fixture.inputs.attention_mask.flat();
      const right = fixture.replaced_labels.flat().map((label, at) => Number(scores[at]! > 0) === label && real[at]);
      expect(detected.accuracy).toBeCloseTo(right.filter(Boolean).length / batch.tokens, 6);
      await expectGradients(
        `${name}.discriminator.safetensors`,
        discriminator,
        (weight) => tables.targetOf(weight),
        ofDiscriminator.gradients,
      );
    });
  });

  describe('losses of three steps by AdamW, within 1e-5:', () => {
    test.each(LATER_STEPS[backend])('%s', async (name) => {
      const fixture = readDetection(name);
      const batch = batchOf(fixture);
      const { learning_rate: learningRate } = fixture;
      const pretraining = pretrainingOf(fixture, [
        new AdamWeightDecay({ learningRate }),
        new AdamWeightDecay({ learningRate }),
      ]);
      for (const { sampled, generator_loss, discriminator_loss } of fixture.steps) {
        expect((await pretraining.trainGenerator(batch)).loss).toBeCloseTo(generator_loss, 5);
        expect((await pretraining.trainDiscriminator(batch, sampled)).loss).toBeCloseTo(discriminator_loss, 5);
      }
    });
  });
});
