import * as tf from '@tensorflow/tfjs';
import { ARCHITECTURES } from '../../src/config/architecture';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { countParameters, weightSpecs } from '../../src/convert/weight_names';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { tinyConfig } from '../layers/tiny_config';
import { MODELS } from './cases';

beforeAll(() => tf.setBackend('cpu'));

describe('weights are those of weightSpecs', () => {
  const CONFIGS: Array<[string, DebertaV2ConfigInput]> = [
    ['everything', {}],
    ['v3', { convKernelSize: 0, typeVocabSize: 0, positionBiasedInput: false }],
    ['own projections', { shareAttKey: false }],
    ['own projections, content to position alone', { shareAttKey: false, posAttType: ['c2p'] }],
    ['own projections, position to content alone', { shareAttKey: false, posAttType: ['p2c'] }],
    ['no buckets, plain table', { positionBuckets: -1, maxRelativePositions: 5, normRelEbd: 'none' }],
    ['no relative attention', { relativeAttention: false, shareAttKey: false }],
    ['groups', { convGroups: 2 }],
    ['narrow embeddings', { embeddingSize: 4 }],
    ['the original’s masked-LM head', { legacy: false }],
    ['three layers', { numHiddenLayers: 3 }],
  ];

  describe.each(CONFIGS)('%s', (_name, changes) => {
    test.each(ARCHITECTURES)('%s', (architecture) => {
      const modelClass = MODELS[architecture] as unknown as ModelClass<TFDebertaV2PreTrainedModel>;
      const config = tinyConfig(changes);
      const model = new modelClass(config);
      const specs = weightSpecs(config, architecture);
      const byName = (entries: Array<readonly [string, readonly (number | null)[]]>) => Object.fromEntries(entries);
      expect(byName(model.weights.map(({ originalName, shape }) => [originalName, shape]))).toEqual(
        byName(specs.map(({ tfName, shape }) => [tfName, shape])),
      );
      expect(model.weights).toHaveLength(specs.length);
      expect(model.numParameters()).toBe(countParameters(specs));
      model.dispose();
    });
  });
});
