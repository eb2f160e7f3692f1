import { type BackendName, diagnose } from '../../src/index';
import { formatRows } from './format_rows';
import { largeConversion, loadingRows } from './large_rows';

/** Options of {@link benchConvert}. */
export interface ConvertBenchOptions {
  /** A Python with PyTorch, to make a pickle. */
  readonly python?: string;
  readonly rounds: number;
  /** Leave the large shapes out, which take 20 GB of disk and minutes. */
  readonly quick: boolean;
}

/**
 * Measures the converter: every format at the shape of deberta-v3-xsmall, 1.5 billion parameters in turns with a plain
 * copy, and loading straight into a model.
 *
 * Each measurement runs in a process of its own, whose peak resident memory counts whole.
 *
 * @returns Markdown tables.
 * @throws {Error} when memory exceeds what is promised.
 */
export async function benchConvert({ python, rounds, quick }: ConvertBenchOptions): Promise<string> {
  const tables = [await formatRows(rounds, python)];
  if (!quick) {
    tables.push(await largeConversion(rounds));
    tables.push(await loadingRows(await nodeBackends()));
  }
  return tables.join('\n\n');
}

async function nodeBackends(): Promise<BackendName[]> {
  const { backends } = await diagnose();
  return backends.filter(({ loads }) => loads).map(({ name }) => name);
}
