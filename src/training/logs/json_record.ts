import { z } from 'zod';
import { InputError } from '../../errors';
import type { LogRecord } from '../training_log';

/** Numbers that JSON has no way to write, as protobuf's JSON has them. */
const NOT_FINITE = ['NaN', 'Infinity', '-Infinity'] as const;

const RECORD = z
  .object({ kind: z.enum(['train', 'eval']), step: z.number().int() })
  .catchall(z.union([z.number(), z.enum(NOT_FINITE)]));

/** The beginning of each line, by which a log is known even where its first line is torn. */
export const LINE_START = '{"kind":"';

/**
 * A record as one line of JSON: `{"kind":"train","step":10,"loss":0.69}`, with a line end.
 *
 * NaN and infinite values become the texts `"NaN"`, `"Infinity"` and `"-Infinity"`. Histograms are left out.
 *
 * @throws {InputError} when a value is named as one of the two fields that every record has.
 */
export function toJsonLine({ kind, step, values }: LogRecord): string {
  for (const name of ['kind', 'step']) {
    if (!Object.hasOwn(values, name)) continue;
    throw new InputError(`A value of a record must not be named ${name}, which each line has already; rename it.`, {
      path: name,
    });
  }
  const plain = Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]);
  return `${JSON.stringify({ kind, step, ...Object.fromEntries(plain) })}\n`;
}

/** The record of a line; `undefined` where the line is none. */
export function fromJsonLine(line: string): LogRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { data } = RECORD.safeParse(json);
  if (data === undefined) return undefined;
  const { kind, step, ...values } = data;
  return {
    kind,
    step,
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)])),
  };
}
