import * as tf from '@tensorflow/tfjs';
import { type BackendName, eachBackend } from '../harness';
import { tensorsOf } from '../models/cases';
import { batchOf } from '../models/training_runs';
import {
  adaptedModel,
  baseModel,
  expectOutputs,
  LORA_NAMES,
  loraFolder,
  optimizerOf,
  outputsOf,
  predictionsOf,
  readAdapterWeights,
  readLora,
} from './lora_cases';

/** As in the tests of whole models: relative to the largest gradient of the weight. */
const GRADIENT_TOLERANCE = 1e-4;
const SMALLEST_SCALE = 1e-3;

/** Eight steps are recorded of shared and own projections of the relative table. */
const TRAINED = ['shared', 'own_projections'] as const;
/** What a backend has the time for: `cpu` computes as `wasm` does. */
const RUNS: Record<
  BackendName,
  ReadonlyArray<[name: (typeof TRAINED)[number], mode: string, checkpointing: boolean]>
> = {
  cpu: [['shared', 'eager', false]],
  wasm: [
    ['shared', 'eager', false],
    ['own_projections', 'eager', true],
  ],
  tensorflow: [
    ...TRAINED.map((name): [typeof name, string, boolean] => [name, 'compiled', false]),
    ['own_projections', 'compiled', true],
    ['shared', 'eager', true],
  ],
};
const WITH_LOSS = LORA_NAMES.filter((name) => name !== 'model');
const OUTPUTS = { cpu: TRAINED, wasm: LORA_NAMES, tensorflow: [...TRAINED, 'pattern', 'model'] as const };
const GRADIENTS = { cpu: TRAINED, wasm: WITH_LOSS, tensorflow: TRAINED };

eachBackend('an adapter of PEFT', (backend) => {
  afterEach(() => tf.disposeVariables());

  test.each(OUTPUTS[backend])('gives its outputs, merged as well, and goes without a trace: %s', async (name) => {
    const fixture = readLora(name);
    const model = baseModel(fixture);
    const base = predictionsOf(model, fixture);
    await model.loadAdapter(loraFolder(name));
    expectOutputs(outputsOf(model, fixture), fixture.outputs);
    expectOutputs(predictionsOf(model, fixture), fixture.outputs);
    model.removeLora();
    expectOutputs(predictionsOf(model, fixture), base, 0);
    await model.loadAdapter(loraFolder(name));
    model.mergeLora();
    expect(model.lora).toBeUndefined();
    expectOutputs(outputsOf(model, fixture), fixture.outputs);
    expectOutputs(predictionsOf(model, fixture), fixture.outputs);
  });

  test.each(GRADIENTS[backend])('has its gradients: %s', async (name) => {
    const fixture = readLora(name);
    const model = await adaptedModel(name);
    const step = fixture.steps[0]!;
    const { value, grads } = tf.variableGrads(() => {
      const { loss } = model.forward(tensorsOf({}, step), { training: true }) as { loss: tf.Scalar };
      return loss;
    });
    expect(value).toBeCloseToTensor(step.loss);
    const weights = await readAdapterWeights(model, name, 'gradients.safetensors');
    expect(Object.keys(grads).sort()).toEqual(weights.map(({ variable }) => variable.name).sort());
    for (const { variable, expected } of weights) {
      const scale = Math.max(tf.max(tf.abs(expected)).dataSync()[0]!, SMALLEST_SCALE);
      expect(tf.div(grads[variable.name]!, scale)).toBeCloseToTensor(tf.div(expected, scale), GRADIENT_TOLERANCE);
    }
  });

  test.each(RUNS[backend])('makes its eight steps within 1e-5: %s, %s, gradient checkpointing %s', async (...run) => {
    const [name, mode, checkpointing] = run;
    const fixture = readLora(name);
    const model = await adaptedModel(name);
    model.deberta.encoder.gradientCheckpointing = checkpointing;
    model.compile({ optimizer: optimizerOf(fixture), runEagerly: mode === 'eager' });
    for (const step of fixture.steps) {
      const { x, y } = batchOf(step);
      const { loss, gradientNorm } = await model.trainStep(x, y);
      expect(loss).toBeCloseToTensor(step.loss);
      expect(gradientNorm!).toBeCloseToTensor(step.gradient_norm);
    }
    for (const { variable, expected } of await readAdapterWeights(model, name, 'trained.safetensors')) {
      expect(variable as tf.Tensor).toBeCloseToTensor(expected);
    }
  });
});
