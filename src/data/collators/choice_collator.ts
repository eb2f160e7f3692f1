import { InputError } from '../../errors';
import type { BatchArray } from '../batch';
import type { Collator } from '../collator';
import type { ChoiceFeature } from '../features/choice_feature_builder';
import { labelsOfAll } from './labels_of_all';
import { padFeatures } from './pad_features';
import type { PaddingOptions } from './padding_options';

/**
 * Batches of multiple choice: inputs `[B, C, S]`, labels `[B]`.
 *
 * @throws {InputError} from the collator when features have different numbers of choices.
 *
 * @example
 * const collate = choiceCollator({ tokenizer });
 * collate(features, 0).xs.input_ids.shape; // [16, 4, 63]
 */
export function choiceCollator(options: PaddingOptions): Collator<ChoiceFeature> {
  return (features) => {
    const counts = [...new Set(features.map(({ choices }) => choices.length))];
    if (counts.length > 1) {
      throw new InputError(
        `All examples of a batch must have the same number of choices, received ${counts.join(' and ')}; leave the others out.`,
        { path: 'choices', expected: counts[0], received: counts },
      );
    }
    const flat = features.flatMap(({ choices }) => choices);
    const { xs, length, tokens } = padFeatures(flat, options);
    const shape = [features.length, counts[0]!, length];
    const unflattened = Object.entries(xs).map(([key, { values }]): [string, BatchArray] => [key, { values, shape }]);
    const labels = labelsOfAll(
      features.map((feature) => feature.labels),
      'labels',
    );
    const ys = labels && { labels: { values: Int32Array.from(labels), shape: [labels.length] } };
    return { xs: Object.fromEntries(unflattened), ys: ys ?? {}, size: features.length, tokens };
  };
}
