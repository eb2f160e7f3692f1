import * as tf from '@tensorflow/tfjs';
import { useWasmKernels } from '../../../src/kernels/backend/use_wasm_kernels';
import { type WasmBackend, WasmHeap } from '../../../src/kernels/backend/wasm_heap';
import { fusedKernel, hasFusedKernels } from '../../../src/kernels/fused_kernel';
import { instantiateKernels } from '../../../src/kernels/instantiate_kernels';
import { isThreaded, KERNEL_BUILDS, kernelModule, supportsBuild } from '../../../src/kernels/kernel_build';
import { RESERVED_MEMORY } from '../../../src/kernels/reserved_memory';
import { useBackend } from '../../../src/runtime/use_backend';

const kernelOf = (name: string) => tf.getKernel(name, 'wasm')?.kernelFunc;

test('kernels stand in for those of tfjs until they are not wanted', async () => {
  await useBackend('wasm', { kernels: false });
  const stock = kernelOf(tf.BatchMatMul);
  expect(hasFusedKernels()).toBe(false);
  await useBackend('wasm');
  expect(kernelOf(tf.BatchMatMul)).not.toBe(stock);
  expect(hasFusedKernels()).toBe(true);
  await useBackend('wasm', { kernels: false });
  expect(kernelOf(tf.BatchMatMul)).toBe(stock);
  expect(fusedKernel('DebertaGelu')).toBeUndefined();
});

test('asking twice changes nothing', async () => {
  await useBackend('wasm');
  const ours = kernelOf(tf.BatchMatMul);
  useWasmKernels(true);
  expect(kernelOf(tf.BatchMatMul)).toBe(ours);
});

test('other backends have no such kernels', async () => {
  await useBackend('wasm');
  await useBackend('cpu');
  expect(hasFusedKernels()).toBe(false);
});

test('where tfjs records single operations for a gradient there is none, since it could not be differentiated', async () => {
  await useBackend('wasm');
  const seen: boolean[] = [];
  tf.grad((x) => {
    seen.push(fusedKernel('DebertaGelu') !== undefined);
    return tf.square(x);
  })(tf.scalar(1));
  expect([...seen, fusedKernel('DebertaGelu') !== undefined]).toEqual([false, true]);
});

test('a backend whose memory cannot be had keeps its own kernels', () => {
  const wasm = { _malloc: () => 0, _free: () => undefined, HEAPU8: new Uint8Array(8) };
  expect(WasmHeap.of({ wasm } as unknown as WasmBackend)).toBeUndefined();
  expect(WasmHeap.of({ wasm: { ...wasm, asm: { memory: {} } } } as unknown as WasmBackend)).toBeUndefined();
});

const builds = KERNEL_BUILDS.filter((build) => !isThreaded(build) && supportsBuild(build));

test.each(builds)('kernels of the build %s overwrite nothing but the memory that is reserved for them', (build) => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const bytes = new Uint8Array(memory.buffer).fill(7);
  instantiateKernels(kernelModule(build), memory);
  const written = [...bytes].flatMap((byte, address) => (byte === 7 ? [] : address));
  expect(written.length).toBeGreaterThan(0);
  expect(written.filter((address) => address < RESERVED_MEMORY.start || address >= RESERVED_MEMORY.end)).toEqual([]);
});

test('a backend that uses the memory which is reserved for kernels keeps its own', () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const HEAPU8 = new Uint8Array(memory.buffer);
  HEAPU8[RESERVED_MEMORY.end - 1] = 1;
  const backend = () => ({ wasm: { HEAPU8, asm: { memory } } }) as unknown as WasmBackend;
  expect(WasmHeap.of(backend())).toBeUndefined();
  HEAPU8[RESERVED_MEMORY.end - 1] = 0;
  expect(WasmHeap.of(backend())).toBeDefined();
});

test('kernels work on when memory has grown', async () => {
  await useBackend('wasm');
  const { wasm } = tf.backend() as unknown as WasmBackend;
  const x = tf.ones<tf.Rank.R2>([16, 16]);
  const before = wasm.HEAPU8.length;
  const large = tf.zeros([before / 4 + 2 ** 22]);
  expect(wasm.HEAPU8.length).toBeGreaterThan(before);
  expect(tf.matMul(x, x)).toBeCloseToTensor(tf.fill([16, 16], 16));
  large.dispose();
});
