import * as tf from '@tensorflow/tfjs';
import { AdamWeightDecay, type AdamWeightDecayOptions, type NamedTensor } from '../../src/optimizers/adam_weight_decay';
import { eachBackend } from '../harness';
import { stateOf, step, valuesOf, variables } from './two_weights';

eachBackend('the state of AdamWeightDecay', () => {
  afterEach(() => tf.disposeVariables());

  test.each<[what: string, options: AdamWeightDecayOptions]>([
    ['plain', {}],
    ['with a running mean and half a sum', { averageDecay: 0.9, accumulationSteps: 2 }],
  ])('its state goes on elsewhere to the bit: %s', async (_what, changes) => {
    const options = { learningRate: 0.1, weightDecayRate: 0.1, ...changes };
    const all = variables();
    const optimizer = new AdamWeightDecay(options);
    for (const index of [0, 1, 2]) step(optimizer, index);
    const [weights, state] = [valuesOf(all), await optimizer.getWeights()];
    for (const index of [0, 1, 2]) step(optimizer, index);
    const expected = { weights: valuesOf(all), state: await stateOf(optimizer), iterations: optimizer.iterations };

    all.kernel.assign(tf.tensor(weights[0]!, all.kernel.shape));
    all.bias.assign(tf.tensor(weights[1]!, all.bias.shape));
    const other = new AdamWeightDecay(options);
    await other.setWeights(state);
    tf.dispose(state.map(({ tensor }) => tensor));
    for (const index of [0, 1, 2]) step(other, index);
    expect({ weights: valuesOf(all), state: await stateOf(other), iterations: other.iterations }).toEqual(expected);
  });

  test('state that has not been used yet is given on', async () => {
    variables();
    const optimizer = new AdamWeightDecay();
    step(optimizer, 0);
    const [first, second] = [new AdamWeightDecay(), new AdamWeightDecay()];
    await first.setWeights(await optimizer.getWeights());
    await second.setWeights(await first.getWeights());
    expect(await stateOf(second)).toEqual(await stateOf(optimizer));
  });

  test('state of another model is refused, and no weight is changed', async () => {
    const all = variables();
    const optimizer = new AdamWeightDecay({ learningRate: 0.1 });
    step(optimizer, 0);
    const state = (await optimizer.getWeights()).map(({ name, tensor }): NamedTensor => {
      return { name, tensor: name === 'layer/bias/v' ? tf.zeros([7]) : tensor };
    });
    const other = new AdamWeightDecay({ learningRate: 0.1 });
    await other.setWeights(state);
    const before = valuesOf(all);
    expect(() => step(other, 1)).toThrowDebertaError('input', /layer\/bias\/v must have .* \[3\], received \[7\]/);
    expect(valuesOf(all)).toEqual(before);
    expect(other.iterations).toBe(1);
  });

  test('state without the number of steps is refused', async () => {
    await expect(() => new AdamWeightDecay().setWeights([])).toThrowDebertaError('input', /begin with iter/);
    const wrong = [{ name: 'layer/kernel/m', tensor: tf.zeros([2, 2]) }];
    await expect(() => new AdamWeightDecay().setWeights(wrong)).toThrowDebertaError(
      'input',
      /received layer\/kernel\/m/,
    );
  });

  test('setting state and dispose release what was there', async () => {
    variables();
    const before = tf.memory().numTensors;
    const optimizer = new AdamWeightDecay({ accumulationSteps: 2, averageDecay: 0.9 });
    for (const index of [0, 1, 2]) step(optimizer, index);
    const state = await optimizer.getWeights();
    await optimizer.setWeights(state);
    step(optimizer, 0);
    await optimizer.setWeights(state);
    tf.dispose(state.map(({ tensor }) => tensor));
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
