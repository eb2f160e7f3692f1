import type { Address } from '../../src/kernels/kernel_exports';
import { aligned, KernelMemory } from '../../src/kernels/kernel_memory';

/** A kernel at a size. */
export interface KernelCase {
  readonly kernel: string;
  readonly size: string;
  /** Operations or elements of a call, whatever its table counts. */
  readonly amount: number;
  /** Makes its inputs, in a memory that no other case needs meanwhile; the result makes one call. */
  readonly prepare: (room: Room) => () => void;
}

/** Takes room in a memory. */
export class Room {
  readonly memory: KernelMemory;
  #end: Address = KernelMemory.start;

  constructor(memory: KernelMemory) {
    this.memory = memory;
  }

  /** Room for so many bytes. */
  take(bytes: number): Address {
    const address = aligned(this.#end);
    this.#end = address + bytes;
    this.memory.reserve(this.#end);
    return address;
  }

  /** Numbers from −1 to 1, the same each time. */
  numbers(length: number): Address {
    const address = this.take(4 * length);
    const floats = this.memory.floats(address, length);
    for (let index = 0; index < length; index++) floats[index] = ((index * 7919) % 2001) / 1000 - 1;
    return address;
  }
}
