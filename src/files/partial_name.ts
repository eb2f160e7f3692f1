import { isRunning, machineId } from './process_id';

/** What stands behind the name of a file or folder while it is written. */
export const PARTIAL = '.partial-';
/** Longer than anybody writes. */
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * The beginning of a temporary name, which tells the machine and the process it belongs to.
 *
 * @param target what is to be written in the end.
 */
export function partialPrefix(target: string): string {
  return `${target}${PARTIAL}${machineId()}-${process.pid}-`;
}

/**
 * Whether the process that was writing under a temporary name has ended; of another machine's nobody here knows, so
 * time must tell.
 *
 * @param ending what stands behind {@link PARTIAL}.
 * @param mtimeMs when it was last written to, in milliseconds.
 */
export function isAbandoned(ending: string, mtimeMs: number): boolean {
  const [, owner, pid] = /^([0-9a-f]{8})-(\d+)-/.exec(ending) ?? [];
  if (owner === machineId() && !isRunning(Number(pid))) return true;
  return Date.now() - mtimeMs > DAY_MILLISECONDS;
}
