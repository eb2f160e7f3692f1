import { nodeBuiltin } from './node_builtins';

/** Tells machines apart that share a disk: eight hexadecimal digits. */
export function machineId(): string {
  const name = nodeBuiltin('node:os').hostname();
  return nodeBuiltin('node:crypto').createHash('sha256').update(name).digest('hex').slice(0, 8);
}

/** Whether there is a process of this number on this machine, whoever's it is. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
