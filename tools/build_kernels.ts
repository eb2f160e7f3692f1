import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { RESERVED_MEMORY } from '../src/kernels/reserved_memory';
import { hashKernelSources } from './hash_kernel_sources';

// Compiles the kernels of src/kernels/assembly/ and the code of their threads into modules of strings, so that the package
// carries them in itself: nothing to fetch, to serve or to find, in Node and in any bundle. The modules are committed, so
// that a checkout runs without compiling; a test sees to it that they are those of the sources.
const KERNELS = resolve(__dirname, '..', 'src', 'kernels');
const COMPILER = resolve(__dirname, '..', 'node_modules', 'assemblyscript', 'bin', 'asc.js');

const SIMD = ['--enable', 'simd'];
const RELAXED = ['--enable', 'relaxed-simd'];
// The compiler wants to know the most memory there can be: 4 GiB.
const THREADS = ['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
const BUILDS: Readonly<Record<string, readonly string[]>> = {
  relaxed_threads: [...SIMD, ...RELAXED, ...THREADS],
  simd_threads: [...SIMD, ...THREADS],
  relaxed: [...SIMD, ...RELAXED],
  simd: SIMD,
};

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tfjs-deberta-kernels-'));
  try {
    const binaries = await Promise.all(Object.entries(BUILDS).map(([name, flags]) => compile(name, flags, folder)));
    const lines = binaries.map(([name, bytes]) => `  ${name}: '${bytes.toString('base64')}',`);
    const worker = await bundleWorker();
    await writeWhole(
      'kernel_binaries.ts',
      `// Made by tools/build_kernels.ts.\n\n/** What it was made from. */\nexport const KERNEL_SOURCES = '${hashKernelSources()}';\n\n/** The kernels as WebAssembly, base64. */\nexport const KERNEL_BINARIES = {\n${lines.join('\n')}\n} as const;\n`,
    );
    await writeWhole(
      'kernel_worker_code.ts',
      `// Made by tools/build_kernels.ts.\n\n/** What a thread runs. */\nexport const KERNEL_WORKER_CODE = ${JSON.stringify(worker)};\n`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compile(name: string, flags: readonly string[], folder: string): Promise<[string, Buffer]> {
  const output = join(folder, `${name}.wasm`);
  const options = [
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    '--disableWarning',
    '112',
    '--memoryBase',
    `${RESERVED_MEMORY.start}`,
  ];
  const entry = join(KERNELS, 'assembly', 'index.ts');
  await promisify(execFile)(process.execPath, [COMPILER, entry, '-o', output, ...options, ...flags]);
  return [name, await readFile(output)];
}

async function bundleWorker(): Promise<string> {
  const entry = join(KERNELS, 'kernel_worker.ts');
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
  });
  return result.outputFiles[0]!.text;
}

async function writeWhole(name: string, text: string): Promise<void> {
  const target = join(KERNELS, 'generated', name);
  await mkdir(join(KERNELS, 'generated'), { recursive: true });
  await writeFile(`${target}.part`, text);
  await rename(`${target}.part`, target);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
