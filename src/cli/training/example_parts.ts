import { requireColumn } from '../../data/examples/row_fields';
import { ExampleStream } from '../../data/readers/example_stream';
import { readExamples } from '../../data/readers/read_examples';
import type { Row } from '../../data/readers/row';
import { splitExamples } from '../../data/split_examples';
import { UsageError } from '../../errors';
import { withoutUndefined } from '../../without_undefined';
import type { DataFlags } from './train_flags';

/** Part of the examples that is held out unless it is said otherwise. */
const EVAL_SPLIT = 0.1;

/** Examples to learn from and examples to measure by, of which there may be none. */
export interface ExampleParts<Example> {
  readonly train: readonly Example[];
  readonly held: readonly Example[];
}

/** How rows become examples. */
export interface ExampleRules<Example> {
  /** Throws an InputError for a row that cannot be used. */
  readonly toExample: (row: Row) => Example;
  /** Of each group the same part is held out. */
  readonly groupOf?: (example: Example) => string | number;
}

/**
 * All rows of a file.
 *
 * @throws {InputError} when it cannot be read or holds none, and for a bad row unless such are to be left out.
 */
export function readRows(
  file: string,
  { dataFormat: format, quotes: hasQuotes, paragraphs: hasParagraphs, skipBadRows }: DataFlags,
): Promise<Row[]> {
  const onBadRow = skipBadRows ? 'skip' : 'fail';
  return readExamples(file, withoutUndefined({ format, hasQuotes, hasParagraphs, onBadRow })).toArray();
}

/**
 * The examples of the rows to learn from, and those held out: of another file, or some of them.
 *
 * @throws {UsageError} when both are asked for; {@link InputError} for what cannot be read, used or split.
 */
export async function readParts<Example>(
  rows: readonly Row[],
  flags: DataFlags & { readonly seed: number },
  { toExample, groupOf }: ExampleRules<Example>,
): Promise<ExampleParts<Example>> {
  const { eval: file, evalSplit, seed } = flags;
  if (file !== undefined && evalSplit !== undefined) {
    throw new UsageError('Examples are held out by --eval or by --eval-split, received both; leave one out.', {
      path: '--eval-split',
    });
  }
  const convert = (name: string, some: readonly Row[]) => {
    const read = async function* () {
      yield* some;
    };
    return new ExampleStream(name, read, toExample, flags.skipBadRows ? 'skip' : 'fail').toArray();
  };
  const train = await convert(flags.train, rows);
  if (file !== undefined) return { train, held: await convert(file, await readRows(file, flags)) };
  const validation = evalSplit ?? EVAL_SPLIT;
  if (validation === 0) return { train, held: [] };
  const split = splitExamples(train, { validation, seed, ...(groupOf && { stratify: groupOf }) });
  return { train: split.train, held: split.validation };
}

/**
 * The column that holds a field, by the first row that has one.
 *
 * @throws {InputError} when no row has it.
 */
export function columnOf(rows: readonly Row[], chosen: string | undefined, usual: readonly string[]): string {
  const names = chosen === undefined ? usual : [chosen];
  const row = rows.find(({ values }) => names.some((name) => Object.hasOwn(values, name))) ?? rows[0]!;
  return requireColumn(row, chosen, usual);
}
