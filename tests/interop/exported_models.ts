import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import type { NestedNumbers } from '../harness/describe_difference';
import { deterministicModel } from '../harness/deterministic_weights';
import { tinyConfig } from '../layers/tiny_config';
import { MODELS } from '../models/cases';

/** Signature of the exported models; not the default one, so that every runtime must find it by its name. */
export const SIGNATURE = 'score';

/** One call of a signature: int32 arrays by the names of its inputs, or float32 arrays by those of its outputs. */
export type Call = Record<string, NestedNumbers>;

/** A SavedModel and what it must give. */
export interface ExportedModel {
  readonly name: string;
  readonly folder: string;
  readonly calls: readonly { readonly inputs: Call; readonly outputs: Call }[];
  /** Shapes of the model's weights by name; some are folded into others when it is exported. */
  readonly weights: ReadonlyMap<string, readonly number[]>;
}

type ModelClasses = Readonly<Record<string, ModelClass<TFDebertaV2PreTrainedModel>>>;

const ALL = MODELS as ModelClasses;
const WITHOUT_RELATIVE: DebertaV2ConfigInput = {
  relativeAttention: false,
  typeVocabSize: 0,
  positionBiasedInput: true,
  convKernelSize: 0,
};
const DECODING: DebertaV2ConfigInput = {
  positionBiasedInput: false,
  legacy: false,
  enhancedMaskDecoder: true,
};
const CONFIGS: ReadonlyArray<readonly [about: string, DebertaV2ConfigInput, ModelClasses]> = [
  ['everything', {}, ALL],
  ['no relative positions', WITHOUT_RELATIVE, ALL],
  ['the enhanced mask decoder', DECODING, { TFDebertaV2ForMaskedLM }],
];

/** Batch, choices and length of the calls of every model. */
const SIZES = [
  { batch: 2, choices: 3, length: 7 },
  { batch: 1, choices: 1, length: 1 },
  { batch: 3, choices: 2, length: 4 },
] as const;

/** Exports every model class, with small weights that are always the same, and computes what `predict` gives. */
export async function exportModels(folder: string): Promise<ExportedModel[]> {
  const exported: ExportedModel[] = [];
  for (const [about, changes, classes] of CONFIGS) {
    const config = tinyConfig(changes);
    for (const [className, modelClass] of Object.entries(classes)) {
      const model = deterministicModel<TFDebertaV2PreTrainedModel>(modelClass, config);
      const target = join(folder, `${className}-${exported.length}`);
      await model.exportSavedModel(target, { signature: SIGNATURE });
      const calls = SIZES.map(({ batch, choices, length }, index) => {
        const shape = className.endsWith('MultipleChoice') ? [batch, choices, length] : [batch, length];
        const inputs = inputsOf(shape, config.vocabSize, Math.max(config.typeVocabSize, 1), index);
        const results = [model.predict(inputs)].flat();
        const call = {
          inputs: namedArrays(Object.keys(inputs), Object.values(inputs)),
          outputs: namedArrays(outputNames(className), results),
        };
        tf.dispose([inputs, results]);
        return call;
      });
      const weights = new Map(model.weights.map((weight) => [weight.originalName, weight.shape as number[]]));
      exported.push({ name: `${className}, ${about}`, folder: target, calls, weights });
      model.dispose();
    }
  }
  return exported;
}

function namedArrays(names: readonly string[], tensors: readonly tf.Tensor[]): Call {
  return Object.fromEntries(tensors.map((tensor, index) => [names[index]!, tensor.arraySync() as NestedNumbers]));
}

function outputNames(className: string): string[] {
  if (className === 'TFDebertaV2Model') return ['last_hidden_state'];
  return className.endsWith('QuestionAnswering') ? ['start_logits', 'end_logits'] : ['logits'];
}

/** Texts of different lengths, the rest of each row padding. */
function inputsOf(shape: number[], vocabSize: number, types: number, seed: number): Record<string, tf.Tensor> {
  const length = shape.at(-1)!;
  const count = shape.reduce((product, size) => product * size);
  const fill = (value: (row: number, column: number) => number) =>
    tf.tensor(
      Array.from({ length: count }, (_, i) => value(Math.floor(i / length), i % length)),
      shape,
      'int32',
    );
  const isText = (row: number, column: number) => column < Math.max(1, length - (row % 3));
  return {
    input_ids: fill((row, column) => (isText(row, column) ? 1 + ((5 * row + 3 * column + seed) % (vocabSize - 1)) : 0)),
    attention_mask: fill((row, column) => Number(isText(row, column))),
    token_type_ids: fill((row, column) => (isText(row, column) && column > length / 2 ? types - 1 : 0)),
  };
}
