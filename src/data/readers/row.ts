import type { InputError } from '../../errors';

/** One record of a data file, as it stands there. */
export interface Row {
  /** By column; the values of a CSV file are strings. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where it stands, such as `Line 17 of train.jsonl`, for messages. */
  readonly place: string;
}

/** A record that cannot be read. */
export interface BadRow {
  readonly problem: InputError;
}
