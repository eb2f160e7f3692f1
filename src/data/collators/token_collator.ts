import { InputError } from '../../errors';
import { IGNORED_LABEL } from '../../ops/ignored_label';
import type { BatchArray } from '../batch';
import type { Collator } from '../collator';
import type { EncodedText } from '../features/encoded_text';
import { labelsOfAll } from './labels_of_all';
import { type PaddedFeatures, padFeatures } from './pad_features';
import type { PaddingOptions } from './padding_options';

/**
 * Batches of token classification (`DataCollatorForTokenClassification`): inputs and labels `[B, S]`, the labels of
 * padding -100.
 *
 * @example
 * const collate = tokenCollator({ tokenizer });
 * collate(features, 0).ys.labels.shape; // [16, 41]
 */
export function tokenCollator(
  options: PaddingOptions,
): Collator<EncodedText & { readonly labels?: readonly number[] }> {
  return (features) => {
    const padded = padFeatures(features, options);
    const labels = labelsOfAll(
      features.map((feature) => feature.labels),
      'labels',
    );
    for (const [index, row] of labels?.entries() ?? []) {
      const { length } = features[index]!.input_ids;
      if (row.length === length) continue;
      throw new InputError(
        `A feature must have a label for each of its ${length} tokens, received ${row.length} labels; build it with TokenFeatureBuilder.`,
        { path: 'labels', expected: length, received: row.length },
      );
    }
    const ys = labels === undefined ? {} : { labels: tokenLabels(labels, padded) };
    return { xs: padded.xs, ys, size: features.length, tokens: padded.tokens };
  };
}

/** Labels of tokens at the places of their tokens, those of padding -100. */
export function tokenLabels(
  rows: readonly (readonly number[])[],
  { length, lefts }: Pick<PaddedFeatures, 'length' | 'lefts'>,
): BatchArray {
  const values = new Int32Array(rows.length * length).fill(IGNORED_LABEL);
  for (const [index, row] of rows.entries()) values.set(row, index * length + lefts[index]!);
  return { values, shape: [rows.length, length] };
}
