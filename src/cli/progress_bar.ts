import { formatBytes } from '../files/format_bytes';
import { terminalBar } from '../files/terminal_bar';
import type { CliIo } from './cli_io';

/** Shows how far something is; silent when nobody watches. */
export interface ProgressBar {
  /** @param loaded of `total` bytes. */
  update(loaded: number, total: number): void;
  /** Leaves the terminal in order; call it in any case. */
  stop(): void;
}

const SILENT: ProgressBar = { update() {}, stop() {} };

/**
 * A bar on standard error, if that is a terminal; it takes the place of the one before.
 *
 * @param yields shows itself only while no other bar is there.
 */
export function progressBar({ stderr }: Pick<CliIo, 'stderr'>, label: string, yields = false): ProgressBar {
  if (stderr.isTTY !== true) return SILENT;
  return terminalBar(stderr, {
    format: `${label} [{bar}] {percentage}% | {value} of {total}`,
    formatValue: (value, _options, type) => (type === 'value' || type === 'total' ? formatBytes(value) : String(value)),
    yields,
  });
}
