import * as tf from '@tensorflow/tfjs';
import { AdamWeightDecay, type AdamWeightDecayOptions } from '../../src/optimizers/adam_weight_decay';
import { eachBackend } from '../harness';
import { recordedLogs } from '../harness/recorded_logs';
import { FIXTURE, type Gradients, stateOf, step, type Variables, valuesOf, variables } from './two_weights';

eachBackend('AdamWeightDecay', () => {
  afterEach(() => tf.disposeVariables());

  test.each(FIXTURE.cases.map((given) => [given.about, given] as const))(
    'is torch.optim.AdamW: %s',
    (_about, given) => {
      const { kernel, bias } = variables();
      const optimizer = new AdamWeightDecay({
        learningRate: given.lr,
        ...(given.betas && { beta1: given.betas[0], beta2: given.betas[1] }),
        ...(given.eps !== undefined && { epsilon: Number(given.eps) }),
        ...(given.weight_decay !== undefined && { weightDecayRate: given.weight_decay }),
        ...(given.max_norm !== undefined && { clipNorm: given.max_norm }),
      });
      for (const [index, expected] of given.steps.entries()) {
        step(optimizer, index);
        expect(optimizer.lastStep!.gradientNorm!).toBeCloseToTensor(expected.norm, 1e-6);
        expect(kernel as tf.Tensor).toBeCloseToTensor(expected.kernel, 1e-6);
        expect(bias as tf.Tensor).toBeCloseToTensor(expected.bias, 1e-6);
      }
      expect(optimizer.iterations).toBe(given.steps.length);
    },
  );

  test('without bias correction takes the means as they are, as XAdam', () => {
    const { bias } = variables();
    const optimizer = new AdamWeightDecay({ learningRate: 0.1, biasCorrection: false, epsilon: 0.5 });
    step(optimizer, 0);
    const expected = FIXTURE.bias.map((weight, i) => {
      const gradient = FIXTURE.gradients[0]!.bias[i]!;
      return weight - (0.1 * 0.1 * gradient) / (Math.sqrt(0.001) * Math.abs(gradient) + 0.5);
    });
    expect(bias as tf.Tensor).toBeCloseToTensor(expected, 1e-6);
  });

  test('follows a schedule, step by step', () => {
    const { bias } = variables();
    const optimizer = new AdamWeightDecay({ learningRate: (done) => [0, 0.5, 0.25][done]! });
    const before = [...bias.dataSync()];
    step(optimizer, 0);
    expect(optimizer.lastStep!.learningRate).toBe(0);
    expect([...bias.dataSync()]).toEqual(before);
    expect(optimizer.learningRate).toBe(0.5);
    step(optimizer, 0);
    // Equal gradients make steps of the whole rate.
    const expected = before.map((weight, i) => weight - 0.5 * Math.sign(FIXTURE.gradients[0]!.bias[i]!));
    expect(bias as tf.Tensor).toBeCloseToTensor(expected, 1e-5);
    expect(optimizer.learningRate).toBe(0.25);
  });

  test('weights have the rates and decay of their names in checkpoints', () => {
    const [low, high] = ['low', 'high'].map((name) => tf.variable(tf.tensor1d([1, -1]), true, name));
    const options = { learningRate: 0.1, weightDecayRate: 0.5, layerwiseDecay: 0.5 };
    const optimizer = new AdamWeightDecay(options);
    const path = 'deberta/encoder/layer_._1/attention/self/query_proj/kernel';
    optimizer.nameWeights(
      [
        { path, variable: low! },
        { path: 'classifier/bias', variable: high! },
      ],
      3,
    );
    tf.tidy(() => optimizer.applyGradients({ low: tf.ones([2]), high: tf.ones([2]) }));
    const rate = 0.1 * 0.5 ** 2;
    expect(low! as tf.Tensor).toBeCloseToTensor([1 - rate * 0.5 - rate, -1 + rate * 0.5 - rate]);
    expect(high! as tf.Tensor).toBeCloseToTensor([0.9, -1.1]);
  });

  test('accumulated gradients count by their weights', () => {
    const plain = new AdamWeightDecay({ learningRate: 0.1, clipNorm: 0.5 });
    const { kernel, bias } = variables();
    const mean = (a: tf.TensorLike, b: tf.TensorLike) => tf.add(tf.mul(a, 0.25), tf.mul(b, 0.75));
    const [first, second] = FIXTURE.gradients as [Gradients, Gradients];
    plain.applyGradients({
      'layer/kernel': mean(first.kernel, second.kernel),
      'layer/bias': mean(first.bias, second.bias),
    });
    const expected = valuesOf({ kernel, bias } as Variables);
    const { gradientNorm } = plain.lastStep!;
    tf.disposeVariables();

    const again = variables();
    const optimizer = new AdamWeightDecay({ learningRate: 0.1, clipNorm: 0.5, accumulationSteps: 2 });
    const compute = (given: Gradients, weight: number) =>
      optimizer.computeStep(
        [again.kernel, again.bias],
        [tf.tensor2d(given.kernel), tf.tensor1d(given.bias)],
        tf.scalar(weight),
        true,
      );
    const before = valuesOf(again);
    compute(first, 2);
    expect(optimizer.lastStep).toMatchObject({ isUpdate: false, isSkipped: false, gradientNorm: undefined });
    expect(optimizer.accumulatedCalls).toBe(1);
    expect(valuesOf(again)).toEqual(before);
    compute(second, 6);
    expect(optimizer.lastStep).toMatchObject({ isUpdate: true, isSkipped: false });
    expect(optimizer.lastStep!.gradientNorm!).toBeCloseToTensor(gradientNorm!, 1e-6);
    expect(optimizer.accumulatedCalls).toBe(0);
    for (const [index, values] of valuesOf(again).entries()) expect(values).toBeCloseToTensor(expected[index]!, 1e-6);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'a gradient with %p changes nothing and is told',
    async (factor) => {
      const all = variables();
      const optimizer = new AdamWeightDecay({ learningRate: 0.1, averageDecay: 0.5 });
      step(optimizer, 0);
      const [values, state] = [valuesOf(all), await stateOf(optimizer)];
      const logs = await recordedLogs(() => step(optimizer, 1, factor));
      expect(logs).toEqual(['Step 2 left a batch out: the norm of its gradient is not finite.']);
      expect(optimizer.lastStep).toMatchObject({ isUpdate: true, isSkipped: true });
      expect(valuesOf(all)).toEqual(values);
      expect(await stateOf(optimizer)).toEqual(state);
      expect(optimizer.iterations).toBe(1);
    },
  );

  test('a loss that is not finite leaves its batch out of what is accumulated', async () => {
    const { kernel, bias } = variables();
    const optimizer = new AdamWeightDecay({ learningRate: 0.1, accumulationSteps: 2 });
    step(optimizer, 0);
    const state = await stateOf(optimizer);
    const gradients = [tf.fill([2, 2], Number.NaN), tf.fill([3], Number.NaN)];
    const logs = await recordedLogs(() => optimizer.computeStep([kernel, bias], gradients, tf.scalar(0), false));
    expect(logs).toEqual(['Step 1 left a batch out: its loss is not finite.']);
    expect(await stateOf(optimizer)).toEqual(state);
    step(optimizer, 1);
    expect(optimizer.lastStep).toMatchObject({ isUpdate: true, isSkipped: false });
  });

  test('NaN among accumulated gradients ends the sum, and the next one begins anew', async () => {
    const all = variables();
    const optimizer = new AdamWeightDecay({ learningRate: 0.1, accumulationSteps: 2 });
    const before = valuesOf(all);
    await recordedLogs(() => {
      step(optimizer, 0, Number.NaN);
      step(optimizer, 1);
    });
    expect(valuesOf(all)).toEqual(before);
    expect(optimizer.accumulatedCalls).toBe(0);
    step(optimizer, 0);
    step(optimizer, 1);
    expect(optimizer.lastStep!.isSkipped).toBe(false);
    expect(valuesOf(all).flat().every(Number.isFinite)).toBe(true);
  });

  test('keeps a running mean of the weights, which swapAverages puts in their place and back', () => {
    const all = variables();
    const optimizer = new AdamWeightDecay({ learningRate: 0.1, averageDecay: 0.75 });
    let mean = valuesOf(all);
    for (const index of [0, 1, 2]) {
      step(optimizer, index);
      const weights = valuesOf(all);
      mean = mean.map((values, i) => values.map((value, j) => 0.75 * value + 0.25 * weights[i]![j]!));
    }
    const trained = valuesOf(all);
    optimizer.swapAverages(Object.values(all));
    for (const [index, values] of valuesOf(all).entries()) expect(values).toBeCloseToTensor(mean[index]!, 1e-6);
    optimizer.swapAverages(Object.values(all));
    expect(valuesOf(all)).toEqual(trained);
  });

  test('minimize takes it, as any optimizer of tfjs', () => {
    const x = tf.variable(tf.tensor1d([3, -2]));
    const optimizer: tf.Optimizer = new AdamWeightDecay({ learningRate: 0.1 });
    const cost = optimizer.minimize(() => tf.sum(tf.square(x)), true, [x]);
    expect(cost!).toBeCloseToTensor(13);
    expect(x as tf.Tensor).toBeCloseToTensor([2.9, -1.9]);
  });

  test('gradients come as a list too, and none for a variable leaves it alone', () => {
    const all = variables();
    const before = valuesOf(all);
    new AdamWeightDecay({ learningRate: 0.1 }).applyGradients([
      { name: 'layer/kernel', tensor: null as unknown as tf.Tensor },
      { name: 'layer/bias', tensor: tf.ones([3]) },
    ]);
    expect(valuesOf(all)[0]).toEqual(before[0]);
    expect(all.bias as tf.Tensor).toBeCloseToTensor(before[1]!.map((value) => value - 0.1));
    expect(() => new AdamWeightDecay().applyGradients({ nobody: tf.ones([1]) })).toThrowDebertaError(
      'input',
      /belong to a variable, received one for nobody/,
    );
  });

  test('200 steps leave no tensor behind', () => {
    variables();
    const optimizer = new AdamWeightDecay({ accumulationSteps: 2, averageDecay: 0.9, clipNorm: 1 });
    for (const index of [0, 1]) step(optimizer, index);
    const { numTensors, numDataBuffers } = tf.memory();
    for (let i = 0; i < 200; i++) step(optimizer, i % 3);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  });
});

test('an optimizer of tfjs is none, and it is an optimizer of tfjs', () => {
  for (const other of [tf.train.adam(), tf.train.sgd(1), 'sgd', null, undefined, {}]) {
    expect(other instanceof AdamWeightDecay).toBe(false);
  }
  expect(new AdamWeightDecay() instanceof AdamWeightDecay).toBe(true);
  expect(new AdamWeightDecay() instanceof tf.Optimizer).toBe(true);
});

test.each<[options: AdamWeightDecayOptions, message: RegExp]>([
  [{ learningRate: -1 }, /learningRate must be at least 0, received -1/],
  [{ learningRate: Number.NaN }, /learningRate must be at least 0, received NaN/],
  [{ beta1: 1 }, /beta1 must be at least 0 and below 1, received 1/],
  [{ beta2: -0.1 }, /beta2 must be/],
  [{ epsilon: 0 }, /epsilon must be above 0, received 0/],
  [{ weightDecayRate: -1 }, /weightDecayRate must be at least 0/],
  [{ clipNorm: 0 }, /clipNorm must be above 0/],
  [{ clipNorm: Number.POSITIVE_INFINITY }, /clipNorm must be above 0, received Infinity/],
  [{ layerwiseDecay: 0 }, /layerwiseDecay must be above 0/],
  [{ averageDecay: 1 }, /averageDecay must be at least 0 and below 1/],
  [{ accumulationSteps: 0 }, /accumulationSteps must be a whole number above 0/],
  [{ accumulationSteps: 1.5 }, /accumulationSteps must be .* received 1.5/],
])('refuses %p', (options, message) => {
  expect(() => new AdamWeightDecay(options)).toThrowDebertaError('usage', message);
});

test('swapAverages needs averages', () => {
  expect(() => new AdamWeightDecay().swapAverages([])).toThrowDebertaError('usage', /give the optimizer averageDecay/);
});
