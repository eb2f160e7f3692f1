import { InputError } from '../../errors';
import { logger } from '../../logger';
import type { BadRow, Row } from './row';

/** What to do with a row that cannot be used: end with its error (default), or leave it out and count it. */
export type BadRowPolicy = 'fail' | 'skip';

/** What became of the rows of one pass. */
export interface ReadReport {
  /** Rows seen, those left out included. */
  readonly rows: number;
  readonly skipped: number;
  /** Why, of the first few; each tells the line. */
  readonly reasons: readonly string[];
}

/** The report of a pass under way. */
interface Counts {
  rows: number;
  skipped: number;
  readonly reasons: string[];
}

/** Reasons that a report keeps. */
const REASONS = 5;

/**
 * Examples of a data source, read anew in each pass, a little at a time.
 *
 * @example
 * const examples = readExamples('train.csv', { onBadRow: 'skip' }).map((row) => toTextExample(row));
 * for await (const { text, label } of examples) console.log(text, label);
 * console.log(`${examples.report.skipped} rows left out`);
 */
export class ExampleStream<Example> implements AsyncIterable<Example> {
  #report: Counts = { rows: 0, skipped: 0, reasons: [] };
  #hasWarned = false;

  /**
   * @param name of the source, for messages.
   * @param read begins a pass.
   * @param convert makes an example of a row; an `InputError` of it makes the row a bad one.
   */
  constructor(
    readonly name: string,
    private readonly read: () => AsyncIterable<Row | BadRow>,
    private readonly convert: (row: Row) => Example,
    private readonly onBadRow: BadRowPolicy,
  ) {}

  /** Of the pass that was begun last. */
  get report(): ReadReport {
    return this.#report;
  }

  /**
   * The same rows as other examples.
   *
   * @param convert may throw an `InputError`: the row is then treated as those that cannot be read.
   */
  map<To>(convert: (example: Example) => To): ExampleStream<To> {
    return new ExampleStream(this.name, this.read, (row) => convert(this.convert(row)), this.onBadRow);
  }

  /** All examples, for data that fit into memory. */
  async toArray(): Promise<Example[]> {
    const examples: Example[] = [];
    for await (const example of this) examples.push(example);
    return examples;
  }

  /** @throws {InputError} for a row that cannot be used, unless such are left out, and when there is none to use. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Example> {
    // Each pass counts for itself: several may be under way at once.
    const counts: Counts = { rows: 0, skipped: 0, reasons: [] };
    this.#report = counts;
    for await (const row of this.read()) {
      counts.rows++;
      const result = this.#tryToConvert(row);
      if ('example' in result) yield result.example;
      else this.#skip(result.problem, counts);
    }
    this.#refuseNone(counts);
    this.#warn(counts);
  }

  #tryToConvert(row: Row | BadRow): { example: Example } | BadRow {
    if ('problem' in row) return row;
    try {
      return { example: this.convert(row) };
    } catch (error) {
      if (error instanceof InputError) return { problem: error };
      throw error;
    }
  }

  #skip(problem: InputError, counts: Counts): void {
    if (this.onBadRow === 'fail') throw problem;
    counts.skipped++;
    if (counts.reasons.length < REASONS) counts.reasons.push(problem.message);
  }

  #refuseNone({ rows, skipped, reasons }: Counts): void {
    if (rows === 0) {
      throw new InputError(`${this.name} must hold at least one row and holds none; name a file with data.`, {
        path: this.name,
        expected: 'a row',
      });
    }
    if (skipped < rows) return;
    throw new InputError(
      `${this.name} must hold a row that can be used, and all ${rows} were left out: ${reasons[0]!.replace(/\.$/, '')}.`,
      { path: this.name, received: reasons },
    );
  }

  #warn({ rows, skipped, reasons }: Counts): void {
    if (skipped === 0 || this.#hasWarned) return;
    this.#hasWarned = true;
    logger.warn(`${this.name}: ${skipped} of ${rows} rows were left out; the first: ${reasons[0]}`);
  }
}
