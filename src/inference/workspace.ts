import type { Address } from '../kernels/kernel_exports';
import { aligned } from '../kernels/kernel_memory';

interface Block {
  readonly address: Address;
  readonly bytes: number;
}

/** Hands out memory for the values of one run, and again what has been given back. */
export class Workspace {
  #end: Address;
  readonly #free: Block[] = [];
  readonly #taken = new Map<Address, number>();

  constructor(start: Address) {
    this.#end = aligned(start);
  }

  /** The first address behind everything handed out. */
  get end(): Address {
    return this.#end;
  }

  /** Memory for so many numbers that nothing else is in during the whole run. */
  keep(numbers: number): Address {
    const address = this.#end;
    this.#end = aligned(address + 4 * numbers);
    return address;
  }

  /** Memory for so many numbers that a step writes, where given back by earlier steps or new. */
  take(numbers: number): Address {
    const fitting = this.#free.filter(({ bytes }) => bytes >= 4 * numbers).sort((a, b) => a.bytes - b.bytes)[0];
    if (fitting === undefined) {
      const address = this.keep(numbers);
      this.#taken.set(address, this.#end - address);
      return address;
    }
    this.#free.splice(this.#free.indexOf(fitting), 1);
    this.#taken.set(fitting.address, fitting.bytes);
    return fitting.address;
  }

  /** Gives what {@link take} gave back for later values. */
  release(address: Address): void {
    this.#free.push({ address, bytes: this.#taken.get(address)! });
    this.#taken.delete(address);
  }
}
