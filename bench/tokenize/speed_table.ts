import { formatRatio } from '../format';
import { markdownTable } from '../markdown_table';
import { median, pairedRatios, percentile } from '../statistics';
import type { Result } from './race';
import type { Form, Output } from './tokenizer';

/** What one kind of call took everybody. */
export interface RaceRow {
  readonly text: string;
  readonly form: Form;
  readonly output: Output;
  readonly results: ReadonlyMap<string, Result>;
}

const FORM_NAMES: Readonly<Record<Form, string>> = { line: 'line by line', list: 'lists of 100' };
const OUTPUT_NAMES: Readonly<Record<Output, string>> = { ids: 'ids', offsets: 'ids and offsets' };
const LEFT_OUT = '–';

/** Speeds, with their ratios to the reference's. */
export function speedTable(reference: string, others: readonly string[], rows: readonly RaceRow[]): string {
  return markdownTable(
    ['text', 'calls', 'output', reference, ...others],
    rows.map(({ text, form, output, results }) => {
      const expected = results.get(reference)!;
      const cells = others.map((name) => speedCell(results.get(name), expected));
      return [text, FORM_NAMES[form], OUTPUT_NAMES[output], formatSpeed(fast(expected)), ...cells];
    }),
  );
}

/** `MB/s (ratio of p10 / median of paired ratios)`, both ratios of speeds. */
function speedCell(result: Result | undefined, reference: Result): string {
  if (result === undefined) return LEFT_OUT;
  const ratio = fast(reference) / fast(result);
  const paired = median(pairedRatios(reference.rounds, result.rounds));
  return `${formatSpeed(fast(result))} (${formatRatio(ratio)} / ${formatRatio(paired)})`;
}

function fast({ rounds }: Result): number {
  return percentile(rounds.flat(), 0.1);
}

/** Nanoseconds for a byte as megabytes of a million a second. */
function formatSpeed(nanoseconds: number): string {
  return formatRatio(1000 / nanoseconds);
}
