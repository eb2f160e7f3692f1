import type * as tf from '@tensorflow/tfjs';
import { instantiateKernels } from '../instantiate_kernels';
import { bestBuild, bestThreadedBuild, type KernelBuild, kernelModule } from '../kernel_build';
import type { Address, KernelExports } from '../kernel_exports';
import { RESERVED_MEMORY } from '../reserved_memory';

/** What is needed of tfjs' wasm backend. */
export interface WasmBackend {
  readonly wasm: {
    /** Address of so many bytes; with the guard of `useBackend` it throws where there is no room. */
    _malloc(bytes: number): number;
    _free(address: number): void;
    readonly HEAPU8: Uint8Array;
    /** What the module of the backend exports. */
    readonly asm?: Readonly<Record<string, unknown>>;
  };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: Address } };
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
}

/** What {@link WasmHeap.compute} allocates. */
export interface Allocation {
  /** Shapes of the float32 results. */
  readonly shapes: ReadonlyArray<readonly number[]>;
  /** Type of all results, float32 by default; of four bytes. */
  readonly dtype?: tf.DataType;
  /** Bytes needed meanwhile, none by default. */
  readonly scratchBytes?: number;
}

const heaps = new WeakMap<WasmBackend, WasmHeap | undefined>();

/**
 * The memory of tfjs' wasm backend, with our kernels working on it.
 *
 * It grows at any allocation, so addresses are kept, never views. The kernels read up to three numbers beyond the end of
 * a tensor; the allocator's own marks at the end of the memory are longer.
 */
export class WasmHeap {
  /** The heap of a backend; undefined where its memory cannot be had, or the engine has no SIMD. */
  static of(backend: WasmBackend): WasmHeap | undefined {
    if (!heaps.has(backend)) heaps.set(backend, open(backend));
    return heaps.get(backend);
  }

  constructor(
    readonly backend: WasmBackend,
    readonly kernels: KernelExports,
  ) {}

  /** Where a tensor's numbers are; 0 for none. */
  address(tensor: tf.TensorInfo | null | undefined): Address {
    return tensor ? this.backend.dataIdMap.get(tensor.dataId).memoryOffset : 0;
  }

  /** Numbers at an address; valid until memory grows. */
  floats(address: Address, length: number): Float32Array {
    return new Float32Array(this.backend.wasm.HEAPU8.buffer, address, length);
  }

  /** The whole numbers of an int32 tensor; valid until memory grows. */
  integers(tensor: tf.TensorInfo): Int32Array {
    return new Int32Array(this.backend.wasm.HEAPU8.buffer, this.address(tensor), sizeOf(tensor.shape));
  }

  /**
   * Makes tensors and has them filled. Scratch is given back in any case, and the tensors as well if something throws.
   *
   * @throws {BackendError} when memory is full.
   */
  compute(
    { shapes, dtype = 'float32', scratchBytes = 0 }: Allocation,
    fill: (outputs: Address[], scratch: Address) => void,
  ): tf.TensorInfo[] {
    const { backend } = this;
    const results: tf.TensorInfo[] = [];
    const scratch = scratchBytes > 0 ? backend.wasm._malloc(scratchBytes) >>> 0 : 0;
    try {
      for (const shape of shapes) results.push(backend.makeOutput(shape, dtype));
      fill(
        results.map((result) => this.address(result)),
        scratch,
      );
      return results;
    } catch (error) {
      for (const { dataId } of results) backend.disposeData(dataId);
      throw error;
    } finally {
      if (scratch !== 0) backend.wasm._free(scratch);
    }
  }
}

/** Numbers that a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, axis) => size * axis, 1);
}

function open(backend: WasmBackend): WasmHeap | undefined {
  const memory = memoryOf(backend);
  if (memory === undefined || !hasRoomForConstants(memory)) return undefined;
  const build = buildFor(memory);
  if (build === undefined) return undefined;
  try {
    return new WasmHeap(backend, instantiateKernels(kernelModule(build), memory));
  } catch (error) {
    // A memory of another kind than the build expects.
    if (error instanceof WebAssembly.LinkError) return undefined;
    throw error;
  }
}

function memoryOf({ wasm }: WasmBackend): WebAssembly.Memory | undefined {
  return Object.values(wasm.asm ?? {}).find(
    (value): value is WebAssembly.Memory => value instanceof WebAssembly.Memory && value.buffer === wasm.HEAPU8.buffer,
  );
}

/** Emscripten leaves the memory free in which our kernels keep their constants; were it not so, they would harm tfjs. */
function hasRoomForConstants({ buffer }: WebAssembly.Memory): boolean {
  const { start, end } = RESERVED_MEMORY;
  return new Uint8Array(buffer, start, end - start).every((byte) => byte === 0);
}

/** tfjs' build with threads has a shared memory. */
function buildFor(memory: WebAssembly.Memory): KernelBuild | undefined {
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  if (!isShared) return bestBuild({ threads: 1 });
  return bestThreadedBuild();
}
