import type { CheckpointError } from '../errors';

/** Whether an error says that nothing is there on this machine, rather than that it cannot be read. */
export function isMissing({ cause }: CheckpointError): boolean {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
