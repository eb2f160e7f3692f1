import { DebertaV2Config, TFDebertaV2Model, useBackend } from '../../src/index';
import { CONVERT_FIXTURES, PARAMETERS } from './convert_fixture';

/** deberta-v3-xsmall. */
const CONFIG = new DebertaV2Config({
  hiddenSize: 384,
  numHiddenLayers: 12,
  numAttentionHeads: 6,
  intermediateSize: 1536,
  relativeAttention: true,
  positionBuckets: 256,
  posAttType: 'p2c|c2p',
  shareAttKey: true,
  normRelEbd: 'layer_norm',
  positionBiasedInput: false,
});

// A process of its own: what it holds would count in the peak memory of the processes forked beside it.
async function main(): Promise<void> {
  await useBackend('cpu');
  const model = new TFDebertaV2Model(CONFIG, { seed: 1 });
  if (model.numParameters() !== PARAMETERS) throw new Error(`The shape has ${model.numParameters()} parameters.`);
  for (const { folder, format } of CONVERT_FIXTURES) {
    if (format !== 'bin') await model.savePretrained(folder, { format });
  }
}

void main();
