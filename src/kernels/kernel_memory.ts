import { BackendError } from '../errors';
import { instantiateKernels } from './instantiate_kernels';
import { isThreaded, type KernelBuild, kernelModule } from './kernel_build';
import type { Address, KernelExports } from './kernel_exports';
import { RESERVED_MEMORY } from './reserved_memory';

const PAGE = 65536;
/** Pages of 4 GiB, the most that WebAssembly can address. */
const MOST_PAGES = 65536;
/** The kernels read a few numbers beyond the end of what they are given. */
const MARGIN = 64;

/** A memory with kernels that work on it. It grows, and never shrinks; see kernel_runners.ts for what becomes of it. */
export class KernelMemory {
  /** The first address that is free. */
  static readonly start: Address = RESERVED_MEMORY.end;

  readonly memory: WebAssembly.Memory;
  readonly kernels: KernelExports;
  #pages = 1;

  /** @throws {BackendError} when there is no room. */
  constructor(readonly build: KernelBuild) {
    this.memory = newMemory(isThreaded(build));
    this.kernels = instantiateKernels(kernelModule(build), this.memory);
  }

  /** Bytes that room has been made for, in whole pages. */
  get bytes(): number {
    return PAGE * this.#pages;
  }

  /** Says that what is in the memory is of no use to anybody. */
  forget(): void {
    this.#pages = 1;
  }

  /**
   * Makes room for so many bytes from address 0 on. Views made before are void.
   *
   * @throws {BackendError} when they are more than WebAssembly can address, or the system has.
   */
  reserve(bytes: number): void {
    const pages = Math.ceil((bytes + MARGIN) / PAGE);
    const missing = pages - this.memory.buffer.byteLength / PAGE;
    try {
      if (missing > 0) this.memory.grow(missing);
    } catch (cause) {
      throw outOfMemory(bytes, cause);
    }
    this.#pages = Math.max(this.#pages, pages);
  }

  /** Numbers at an address; valid until memory grows. */
  floats(address: Address, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  /** Whole numbers at an address; valid until memory grows. */
  integers(address: Address, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }
}

/** An address rounded up so that vectors at it do not cross lines of the cache. */
export function aligned(address: Address): Address {
  return Math.ceil(address / MARGIN) * MARGIN;
}

function newMemory(isShared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: isShared });
  } catch (cause) {
    throw outOfMemory(PAGE, cause);
  }
}

function outOfMemory(bytes: number, cause: unknown): BackendError {
  const gigabytes = (bytes / 1e9).toFixed(1);
  return new BackendError(
    `The SIMD kernels need ${gigabytes} GB of memory, and WebAssembly can have no more than 4.3 GB, or the system has less; use inferencePrecision 'float16' or 'int8', smaller batches, or another backend.`,
    { path: 'wasm', expected: MOST_PAGES * PAGE, received: bytes, cause },
  );
}
