import type { DownloadProgress } from '../sources/source_options';
import type { CliIo } from './cli_io';
import { type ProgressBar, progressBar } from './progress_bar';

/** Files that are here before a bar could be seen are not worth one. */
const SMALLEST = 1_000_000;

/**
 * Shows what is downloaded, a bar for each large file, while no other bar is there.
 *
 * A download that ends early leaves its bar to `endProgress`.
 */
export function downloadBar(io: Pick<CliIo, 'stderr'>): (progress: DownloadProgress) => void {
  let current: { readonly file: string; readonly bar: ProgressBar } | undefined;
  return ({ file, loaded, total }) => {
    if (total === undefined || total < SMALLEST) return;
    if (current?.file !== file) {
      current?.bar.stop();
      current = { file, bar: progressBar(io, `Downloading ${file}`, true) };
    }
    current.bar.update(loaded, total);
    if (loaded >= total) current.bar.stop();
  };
}
