import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const KERNELS = join(ROOT, 'src', 'kernels');

/** A hash of everything that the compiled kernels are made from: their sources, those of their threads, the compiler. */
export function hashKernelSources(): string {
  const assembly = readdirSync(join(KERNELS, 'assembly')).map((name) => join('assembly', name));
  const others = ['instantiate_kernels.ts', 'kernel_worker.ts', 'reserved_memory.ts', 'worker_mail.ts'];
  const files = [...assembly.sort(), ...others].map((name) => join(KERNELS, name));
  const hash = createHash('sha256');
  for (const file of [...files, join(__dirname, 'build_kernels.ts')]) {
    hash.update(readFileSync(file, 'utf8').replace(/\r\n/g, '\n'));
  }
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return hash.update(`${devDependencies.assemblyscript} ${devDependencies.esbuild}`).digest('hex');
}
