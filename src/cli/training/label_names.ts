import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { collectLabelNames } from '../../data/examples/collect_label_names';
import { type Label, labelIndex } from '../../data/examples/labels';
import type { Row } from '../../data/readers/row';
import { InputError } from '../../errors';
import type { ModelPlan } from './model_plan';

/**
 * The names of the labels in a column, alone or in lists: those of a trained head if it knows them all, else those that
 * occur.
 *
 * What is no label is passed over here; it is refused where examples are made of the rows.
 *
 * @throws {InputError} when there is no label.
 */
export async function chooseLabelNames(
  rows: readonly Row[],
  column: string,
  { hasHead, config: { id2label, numLabels } }: Pick<ModelPlan, 'hasHead' | 'config'>,
): Promise<string[]> {
  const labels = rows.flatMap(({ values }) => values[column]).filter(isLabel);
  const found = await collectLabelNames(labels.map((label) => (typeof label === 'string' ? label.trim() : label)));
  const known = Array.from({ length: numLabels }, (_, label) => id2label[label]!);
  return hasHead && found.every((label) => isAmong(label, known)) ? known : found;
}

function isLabel(value: unknown): value is Label {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}

function isAmong(label: Label, names: readonly string[]): boolean {
  try {
    labelIndex(label, names, { values: {}, place: 'The data' }, 'label');
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** What a configuration says of labels by these names. */
export function namedLabels(names: readonly string[]): Pick<DebertaV2Config, 'id2label' | 'label2id'> {
  return {
    id2label: Object.fromEntries(names.map((name, index) => [index, name])),
    label2id: Object.fromEntries(names.map((name, index) => [name, index])),
  };
}

/** How often each of the classes is among the labels. */
export function countLabels(labels: Iterable<unknown>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[Number(label)]!++;
  return counts;
}
