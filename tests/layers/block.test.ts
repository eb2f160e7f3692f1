import * as tf from '@tensorflow/tfjs';
import { DebertaV2Block } from '../../src/layers/block';
import { expandAttentionMask } from '../../src/ops/attention_mask';
import { eachBackend, randomizeWeights, randomTensor, runLayerTest } from '../harness';
import { BLOCK_DROPOUTS, BLOCK_WEIGHTS } from './expected_weights';
import { tinyConfig } from './tiny_config';

const OPTIONS = tinyConfig();

function built(options = OPTIONS): DebertaV2Block {
  const layer = new DebertaV2Block({ ...options, name: 'block' });
  layer.build();
  randomizeWeights(layer);
  return layer;
}

const states = (seed: number) => randomTensor([2, 4, 6], seed) as tf.Tensor3D;
const INFERENCE = { training: false };

eachBackend('DebertaV2Block', () => {
  runLayerTest({
    layer: (args) => new DebertaV2Block(args),
    options: { ...OPTIONS },
    inputs: () => [states(1), tf.ones([2, 4]), randomTensor([8, 6], 2)],
    outputShape: [2, 4, 6],
    weights: BLOCK_WEIGHTS,
    dropouts: BLOCK_DROPOUTS,
  });

  test('attends, adds, widens, narrows and adds again', () => {
    const block = built();
    const hiddenStates = states(1);
    const attentionMask = expandAttentionMask(tf.ones([2, 4]));
    const relative = block.attention.relativeInputs(randomTensor([8, 6], 2) as tf.Tensor2D, 4);
    const { context } = block.attention.forward({ hiddenStates, attentionMask, relative }, INFERENCE);
    const attended = block.selfOutput.forward(context, hiddenStates, false);
    const expected = block.output_.forward(block.intermediate.forward(attended), attended, false);
    expect(block.forward({ hiddenStates, attentionMask, relative }, INFERENCE).hiddenStates).toBeCloseToTensor(
      expected,
    );
  });

  test('query states ask instead of the hidden states and are what the attention is added to', () => {
    const block = built(tinyConfig({ relativeAttention: false }));
    const [hiddenStates, queryStates] = [states(1), states(2)];
    const attentionMask = expandAttentionMask(tf.ones([2, 4]));
    const { context } = block.attention.forward({ hiddenStates, attentionMask, queryStates }, INFERENCE);
    const attended = block.selfOutput.forward(context, queryStates, false);
    const expected = block.output_.forward(block.intermediate.forward(attended), attended, false);
    const { hiddenStates: actual } = block.forward({ hiddenStates, attentionMask, queryStates }, INFERENCE);
    expect(actual).toBeCloseToTensor(expected);
    expect(actual).not.toBeCloseToTensor(block.forward({ hiddenStates, attentionMask }, INFERENCE).hiddenStates);
  });

  test.each([
    [false, 1],
    [true, 2],
  ])('attentions on request (%s) are all it makes beside the states', (outputAttentions, tensors) => {
    const block = built(tinyConfig({ relativeAttention: false }));
    const inputs = { hiddenStates: states(1), attentionMask: expandAttentionMask(tf.ones([2, 4])) };
    const run = () => block.forward(inputs, { training: true, outputAttentions });
    expect(run).toCreateTensors(tensors);
    expect(run().attentions?.shape).toEqual(outputAttentions ? [2, 2, 4, 4] : undefined);
  });
});
