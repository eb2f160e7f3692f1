import { OutputError } from '../../errors';
import { type AppendedFile, openToAppend } from '../../files/append_file';
import { logger } from '../../logger';
import type { TrainingLog } from '../training_log';
import { fromJsonLine, LINE_START, toJsonLine } from './json_record';

/** Bytes in which the last whole line must begin; a record takes some hundred. */
const LONGEST_END = 1 << 20;

const LINE_END = 10;

/**
 * Writes records as lines of JSON, such as `{"kind":"train","step":10,"loss":0.69}`.
 *
 * Each line is in the file when `write` returns. A file that is there is gone on with; a last line that a killed run
 * left torn is dropped with a warning. NaN and infinite values are written as the texts `"NaN"`, `"Infinity"` and
 * `"-Infinity"`, since JSON has no such numbers; histograms are left out.
 *
 * @throws {OutputError} when the file cannot be written, or is there and is no such log.
 *
 * @example
 * const log = await jsonLinesLog('runs/first.jsonl');
 * await log.write({ kind: 'eval', step: 10, values: { loss: 0.69, accuracy: 0.5 } });
 * await log.close();
 */
export async function jsonLinesLog(path: string): Promise<TrainingLog> {
  const file = await openToAppend(path, { isNew: false });
  try {
    await mendEnd(path, file);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    write: async (record) => file.write(new TextEncoder().encode(toJsonLine(record))),
    close: () => file.close(),
  };
}

/** Makes a file end with a whole line, if it is a log: nothing is cut off from any other file. */
async function mendEnd(path: string, file: AppendedFile): Promise<void> {
  const bytes = await file.readEnd(LONGEST_END);
  const torn = bytes.subarray(bytes.lastIndexOf(LINE_END) + 1);
  const whole = new TextDecoder().decode(bytes.subarray(0, bytes.byteLength - torn.byteLength)).trimEnd();
  const last = new TextDecoder().decode(torn);
  const isLog =
    whole === '' ? startsAsLine(last) : fromJsonLine(whole.slice(whole.lastIndexOf('\n') + 1)) !== undefined;
  if (!isLog || (whole === '' && bytes.byteLength < file.size)) {
    throw new OutputError(
      `${path} is there and is no log of records as JSON lines; choose another file, or remove it first.`,
      { path },
    );
  }
  if (last === '') return;
  if (fromJsonLine(last) !== undefined) await file.write(Uint8Array.of(LINE_END));
  else {
    logger.warn(`The last line of ${path} is torn, as by a run that was killed, and is dropped.`);
    await file.cut(file.size - torn.byteLength);
  }
}

/** Whether a text can be the beginning of a line; an empty one can. */
function startsAsLine(text: string): boolean {
  return LINE_START.startsWith(text.slice(0, LINE_START.length));
}
