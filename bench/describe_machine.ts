import { cpus, loadavg } from 'node:os';

/** What a measurement in this process ran with. */
export interface Surroundings {
  /** A sentence about threads, without the full stop. */
  readonly threads: string;
  /** Packages that took part, with their versions; none by default. */
  readonly packages?: readonly string[];
}

/** A list: machine, versions, threads and load of a measurement. */
export function describeMachine({ threads, packages = [] }: Surroundings): string {
  return [
    `- Machine: ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, ${process.platform} ${process.arch}.`,
    `- Versions: ${[`Node.js ${process.versions.node}`, ...packages].join(', ')}.`,
    `- Threads: ${threads}.`,
    `- Load average of the minute before: ${loadavg()[0]!.toFixed(2)}.`,
  ].join('\n');
}
