import { SingleBar } from 'cli-progress';
import type { CliIo } from './cli_io';
import { formatBytes } from './format_bytes';

/** Shows how far something is; silent when nobody watches. */
export interface ProgressBar {
  /** @param loaded of `total` bytes. */
  update(loaded: number, total: number): void;
  /** Leaves the terminal in order; call it in any case. */
  stop(): void;
}

const SILENT: ProgressBar = { update() {}, stop() {} };

/** A bar on standard error, if that is a terminal. */
export function progressBar({ stderr }: Pick<CliIo, 'stderr'>, label: string): ProgressBar {
  if (stderr.isTTY !== true) return SILENT;
  const bar = new SingleBar({
    stream: stderr,
    format: `${label} [{bar}] {percentage}% | {value} of {total}`,
    formatValue: (value, _options, type) => (type === 'value' || type === 'total' ? formatBytes(value) : String(value)),
    hideCursor: true,
    clearOnComplete: true,
    // Otherwise it would end the process on its own when the user interrupts.
    gracefulExit: false,
  });
  return {
    update(loaded, total) {
      if (!bar.isActive) bar.start(total, loaded);
      else bar.update(loaded);
    },
    stop: () => bar.stop(),
  };
}
