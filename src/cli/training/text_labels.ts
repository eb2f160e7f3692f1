import type { ProblemType } from '../../config/config_schema';
import { labelIndex } from '../../data/examples/labels';
import { refuseValue } from '../../data/examples/row_fields';
import { type TextColumns, type TextExample, toTextExample } from '../../data/examples/text_example';
import type { Row } from '../../data/readers/row';
import type { ExampleRules } from './example_parts';

/** How rows become labelled texts. */
export type TextRules = ExampleRules<TextExample>;

/** What {@link textRules} goes by. */
export interface TextLabels {
  readonly columns: TextColumns;
  /** The column of the label. */
  readonly label: string;
  /** The labels in order; none for regression. */
  readonly names: readonly string[];
}

/** How rows become labelled texts, by what their labels mean. */
export function textRules(problemType: ProblemType, { columns, label: column, names }: TextLabels): TextRules {
  switch (problemType) {
    case 'single_label_classification':
      return {
        toExample(row) {
          const label = row.values[column];
          if (Array.isArray(label)) return refuseValue(row, column, 'one label (--problem-type has others)', label);
          return toTextExample(row, { ...columns, label: column, labelNames: names });
        },
        groupOf: ({ label }) => Number(label),
      };
    case 'multi_label_classification':
      return {
        toExample(row) {
          const { [column]: _labels, ...values } = row.values;
          return { ...toTextExample({ ...row, values }, columns), label: zerosAndOnes(row, column, names) };
        },
      };
    case 'regression':
      return { toExample: (row) => toTextExample(row, { ...columns, label: column, isNumber: true }) };
  }
}

/** A 0 or 1 for each label, from such a list or one of labels. */
function zerosAndOnes(row: Row, column: string, names: readonly string[]): number[] {
  const labels: unknown = row.values[column];
  if (!Array.isArray(labels)) return refuseValue(row, column, 'a list of labels, or of a 0 or 1 for each', labels);
  if (isZerosAndOnes(labels) && labels.length === names.length) return labels;
  const indices = new Set(labels.map((label) => labelIndex(label, names, row, column)));
  return names.map((_, index) => Number(indices.has(index)));
}

/** Whether a list, unless it is empty, says of each label whether it holds. */
export function isZerosAndOnes(labels: unknown): labels is number[] {
  return Array.isArray(labels) && labels.length > 0 && labels.every((label) => label === 0 || label === 1);
}
