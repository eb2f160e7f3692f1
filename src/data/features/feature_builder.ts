import { InputError } from '../../errors';
import type { Feature } from '../collator';
import type { BadRowPolicy, ReadReport } from '../readers/example_stream';

/** Options of every {@link FeatureBuilder}. */
export interface FeatureBuilderOptions {
  /** What to do with an example that cannot be used: end with its error (default), or leave it out and count it. */
  onBadRow?: BadRowPolicy;
}

/** Reasons that a report keeps. */
const REASONS = 5;

/**
 * Turns examples into features: what a collator puts together into batches.
 *
 * @example
 * const builder = new TextFeatureBuilder({ tokenizer, onBadRow: 'skip' });
 * for await (const feature of builder.stream(examples)) console.log(feature.input_ids.length);
 * console.log(`${builder.report.skipped} of ${builder.report.rows} examples left out`);
 */
export abstract class FeatureBuilder<Example, F extends Feature> {
  readonly #onBadRow: BadRowPolicy;
  #report = { rows: 0, skipped: 0, reasons: [] as string[] };

  constructor({ onBadRow = 'fail' }: FeatureBuilderOptions = {}) {
    this.#onBadRow = onBadRow;
  }

  /** What became of the examples since the builder was made, or of those of the last stream. */
  get report(): ReadReport {
    return this.#report;
  }

  /**
   * The features of one example: several for a long text that is cut in windows, none for one that is left out.
   *
   * @throws {InputError} for an example that cannot be used, unless such are left out.
   */
  build(example: Example): F[] {
    this.#report.rows++;
    try {
      return this.featuresOf(example, `Example ${this.#report.rows}`);
    } catch (error) {
      if (this.#onBadRow === 'fail' || !(error instanceof InputError)) throw error;
      this.#report.skipped++;
      if (this.#report.reasons.length < REASONS) this.#report.reasons.push(error.message);
      return [];
    }
  }

  /** The features of examples, one after another, made as they are asked for; {@link report} begins anew. */
  async *stream(examples: Iterable<Example> | AsyncIterable<Example>): AsyncGenerator<F, void, undefined> {
    this.startReport();
    for await (const example of examples) yield* this.build(example);
  }

  /** Called when a stream begins. */
  protected startReport(): void {
    this.#report = { rows: 0, skipped: 0, reasons: [] };
  }

  /**
   * @param place which example it is, to begin messages with.
   * @throws {InputError} for an example that cannot be used.
   */
  protected abstract featuresOf(example: Example, place: string): F[];
}
