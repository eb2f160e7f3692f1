import type { BatchArray } from '../batch';
import type { Collator } from '../collator';
import type { QuestionFeature } from '../features/question_feature_builder';
import { labelsOfAll } from './labels_of_all';
import { padFeatures } from './pad_features';
import type { PaddingOptions } from './padding_options';

/**
 * Batches of question answering: inputs `[B, S]`, and `start_positions` and `end_positions` `[B]`, counted in the padded
 * rows.
 *
 * @example
 * const collate = questionCollator({ tokenizer });
 * collate(features, 0).ys.start_positions.values; // Int32Array [17, 0, …]
 */
export function questionCollator(options: PaddingOptions): Collator<QuestionFeature> {
  return (features) => {
    const { xs, tokens, lefts } = padFeatures(features, options);
    const positions = (name: 'start_positions' | 'end_positions'): Record<string, BatchArray> => {
      const all = labelsOfAll(
        features.map((feature) => feature[name]),
        name,
      );
      if (all === undefined) return {};
      const values = Int32Array.from(all, (position, index) => position + lefts[index]!);
      return { [name]: { values, shape: [values.length] } };
    };
    const ys = { ...positions('start_positions'), ...positions('end_positions') };
    return { xs, ys, size: features.length, tokens };
  };
}
