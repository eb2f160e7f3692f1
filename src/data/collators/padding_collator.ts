import { InputError } from '../../errors';
import type { BatchArray } from '../batch';
import type { Collator } from '../collator';
import type { TextFeature } from '../features/text_feature_builder';
import { labelsOfAll } from './labels_of_all';
import { padFeatures } from './pad_features';
import type { PaddingOptions } from './padding_options';

/**
 * Batches of text classification (`DataCollatorWithPadding`): inputs `[B, S]`, and labels `[B]` of classes, as integers,
 * or `[B, numLabels]` of lists of numbers, as floats.
 *
 * @example
 * const collate = paddingCollator({ tokenizer, padToMultipleOf: 8 });
 * collate(features, 0).xs.input_ids.shape; // [16, 48]
 */
export function paddingCollator(options: PaddingOptions): Collator<TextFeature> {
  return (features) => {
    const { xs, tokens } = padFeatures(features, options);
    const labels = labelsOfAll(
      features.map((feature) => feature.labels),
      'labels',
    );
    return { xs, ys: labels === undefined ? {} : { labels: toArray(labels) }, size: features.length, tokens };
  };
}

function toArray(labels: readonly (number | readonly number[])[]): BatchArray {
  if (labels.every((label) => Number.isInteger(label))) {
    return { values: Int32Array.from(labels as readonly number[]), shape: [labels.length] };
  }
  const rows = labels.map((label) => (typeof label === 'number' ? undefined : label));
  const count = rows[0]?.length;
  if (rows.some((row) => row === undefined || row.length !== count)) {
    throw new InputError(
      'The labels of a batch must all be indices of classes, or all be lists of one length, received others; build the features with one problemType.',
      { path: 'labels', received: labels },
    );
  }
  return { values: Float32Array.from(rows.flat() as number[]), shape: [rows.length, count!] };
}
