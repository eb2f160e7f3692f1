import { type Command, Option } from 'commander';
import { UsageError } from '../errors';
import { linkNativeTensorflow, type NativeReport } from '../runtime/native/link_native_tensorflow';
import { type UnlinkReport, unlinkNativeTensorflow } from '../runtime/native/unlink_native_tensorflow';
import type { CliIo } from './cli_io';
import { progressBar } from './progress_bar';
import { writeText } from './write_text';

interface NativeOptions {
  readonly cpu?: boolean;
  readonly gpu?: boolean;
  readonly python?: string;
  readonly cacheDir?: string;
  readonly uninstall?: boolean;
  readonly purge?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
A TensorFlow that pip has installed (2.16 or newer) is linked where it is. Otherwise pip fetches the wheel: 274 MB for
the CPU, 3.4 GB with CUDA for a GPU. Needed are @tensorflow/tfjs-node-gpu, Python with pip, and a C++ compiler.
What is fetched and built is kept in --cache-dir, by default the variable TFJS_DEBERTA_CACHE, else
~/.cache/tfjs-deberta-v2; where npm removes the link, useBackend makes it again from there.

Examples:
  $ tfjs-deberta native
  $ tfjs-deberta native --gpu
  $ tfjs-deberta native --python .venv/bin/python
  $ tfjs-deberta native --uninstall --purge`;

/** Adds `native` to the program. */
export function addNativeCommand(program: Command, io: CliIo): void {
  program
    .command('native')
    .summary('link the native TensorFlow of pip, the fastest backend')
    .description('Link @tensorflow/tfjs-node-gpu to the TensorFlow of pip, the fastest backend.')
    .addOption(new Option('--cpu', 'TensorFlow for the CPU (default: as the NVIDIA driver is there)').conflicts('gpu'))
    .option('--gpu', 'TensorFlow with CUDA')
    .option('--python <path>', 'Python to use (default: python3 or python of the PATH)')
    .option('--cache-dir <folder>', 'where to keep what is fetched and built')
    .option('--uninstall', 'remove the link')
    .option('--purge', 'with --uninstall: remove what is in the cache too')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action((options: NativeOptions) => (options.uninstall ? unlink(options, io) : link(options, io)));
}

async function link({ cpu, gpu, python, cacheDir, purge, json }: NativeOptions, io: CliIo): Promise<void> {
  if (purge) throw new UsageError('The option --purge goes with --uninstall; add it, or leave --purge out.');
  const bar = progressBar(io, 'Fetching');
  const { signal } = io;
  let report: NativeReport;
  try {
    report = await linkNativeTensorflow({
      variant: cpu ? 'cpu' : gpu ? 'gpu' : undefined,
      python,
      cacheFolder: cacheDir,
      signal,
      onProgress: ({ loaded, total }) => bar.update(loaded, total),
      onStep: ({ name, milliseconds }) => io.stderr.write(`${name} (${(milliseconds / 1000).toFixed(1)} s)\n`),
    });
  } finally {
    bar.stop();
  }
  await writeText(io.stdout, json ? `${JSON.stringify(report)}\n` : describe(report));
}

function describe({ wasLinked, tensorflow, variant, isUsingGpu, installedIn, addon, notes }: NativeReport): string {
  const lines = [
    ...notes.map((note) => `Not used: ${note}`),
    `TensorFlow ${tensorflow} ${wasLinked ? 'was linked already' : 'is linked'} and computes right on the ${isUsingGpu ? 'GPU' : 'CPU'}.`,
    `TensorFlow: ${installedIn ?? 'in the cache'}${variant === 'gpu' ? ', with CUDA' : ''}.`,
    `Addon: ${addon}.`,
  ];
  return `${lines.join('\n')}\n`;
}

async function unlink({ purge, cacheDir, json }: NativeOptions, io: CliIo): Promise<void> {
  const report = await unlinkNativeTensorflow({ purge, cacheFolder: cacheDir });
  await writeText(io.stdout, json ? `${JSON.stringify(report)}\n` : describeUnlinked(report));
}

function describeUnlinked({ link: place, cache }: UnlinkReport): string {
  const lines = [
    place === null ? 'There was no link to remove.' : `Removed the link ${place}.`,
    ...(cache === null ? [] : [`Removed what was in ${cache}.`]),
  ];
  return `${lines.join('\n')}\n`;
}
