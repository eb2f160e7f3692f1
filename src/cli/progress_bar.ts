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

/** The bar that each terminal shows: there is room for one. */
const shown = new WeakMap<CliIo['stderr'], ProgressBar>();

/**
 * A bar on standard error, if that is a terminal; it takes the place of the one before.
 *
 * @param yields shows itself only while no other bar is there.
 */
export function progressBar({ stderr }: Pick<CliIo, 'stderr'>, label: string, yields = false): ProgressBar {
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
  const self: ProgressBar = {
    update(loaded, total) {
      if (bar.isActive) {
        bar.update(loaded);
        return;
      }
      if (yields && shown.has(stderr)) return;
      endProgress({ stderr });
      shown.set(stderr, self);
      bar.start(total, loaded);
    },
    stop() {
      bar.stop();
      if (shown.get(stderr) === self) shown.delete(stderr);
    },
  };
  return self;
}

/** Leaves a terminal in order, whatever bar is there. */
export function endProgress({ stderr }: Pick<CliIo, 'stderr'>): void {
  shown.get(stderr)?.stop();
}
