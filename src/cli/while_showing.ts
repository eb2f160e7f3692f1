import type { CliIo } from './cli_io';
import { progressBar } from './progress_bar';

/** Shows a bar while something is done; an interruption ends it at its next progress. */
export async function whileShowing<T>(
  label: string,
  io: CliIo,
  act: (onProgress: (progress: { loaded: number; total: number }) => void) => Promise<T>,
): Promise<T> {
  const bar = progressBar(io, label);
  try {
    return await act(({ loaded, total }) => {
      io.signal.throwIfAborted();
      bar.update(loaded, total);
    });
  } finally {
    bar.stop();
  }
}
