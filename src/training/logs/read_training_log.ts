import { InputError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';
import { logger } from '../../logger';
import type { LogRecord } from '../training_log';
import { fromJsonLine } from './json_record';

/** Bytes of a log that are read at most: more than a million records. */
const MOST_BYTES = 2 ** 28;

/**
 * Reads the records that `jsonLinesLog` wrote.
 *
 * Of steps that a resumed run did again only the later records are kept. A torn last line, as a killed run leaves it,
 * is left out with a warning.
 *
 * @throws {InputError} when the file cannot be read, has more than 256 MiB, or a line is no record.
 *
 * @example
 * const records = await readTrainingLog('runs/first.jsonl');
 * console.log(plotTraining(records));
 */
export async function readTrainingLog(path: string): Promise<LogRecord[]> {
  const lines = (await readText(path)).split('\n');
  const last = lines.pop()!;
  const records: LogRecord[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const record = fromJsonLine(line);
    if (record === undefined) {
      throw new InputError(
        `Line ${index + 1} of ${path} must be a record such as {"kind":"train","step":1,"loss":0.5}; remove or mend it.`,
        { path, received: line.slice(0, 200) },
      );
    }
    records.push(record);
  }
  const unended = fromJsonLine(last);
  if (unended !== undefined) records.push(unended);
  else if (last.trim() !== '') logger.warn(`The last line of ${path} is torn and is left out.`);
  return withoutRepeats(records);
}

async function readText(path: string): Promise<string> {
  const fs = nodeBuiltin('node:fs/promises');
  const refuse = (reason: string, cause?: unknown) =>
    new InputError(`${path} must be a log of records as JSON lines, and ${reason}; give the path of a log.`, {
      path,
      cause,
    });
  try {
    const { size } = await fs.stat(path);
    if (size > MOST_BYTES) throw refuse(`has ${size} bytes where at most ${MOST_BYTES} are read`);
    return await fs.readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw refuse(`cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, cause);
  }
}

/** Where the steps of a kind go back, a resumed run did the work again. */
function withoutRepeats(records: readonly LogRecord[]): LogRecord[] {
  const kept = new Set<LogRecord>();
  const before: Record<LogRecord['kind'], LogRecord[]> = { train: [], eval: [] };
  for (const record of records) {
    const line = before[record.kind];
    while (line.length > 0 && line.at(-1)!.step >= record.step) kept.delete(line.pop()!);
    line.push(record);
    kept.add(record);
  }
  return [...kept];
}
