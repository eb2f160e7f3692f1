import { crc32c, maskCrc32c } from './masked_crc32c';

/** The checksum of a tensor that comes in pieces, if they come in order. */
export class RunningChecksum {
  readonly #size: number;
  #next = 0;
  #crc = 0;

  /** @param size of the whole, in bytes. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Masked, of the bytes so far. */
  get value(): number {
    return maskCrc32c(this.#crc);
  }

  /**
   * Takes a piece in; one that does not follow the pieces before it is left out.
   *
   * @param start of the piece in the whole; 0 begins anew.
   * @returns whether {@link value} is now that of the whole.
   */
  add(start: number, piece: Uint8Array): boolean {
    if (start === 0) {
      this.#next = 0;
      this.#crc = 0;
    } else if (start !== this.#next) return false;
    this.#crc = crc32c(piece, this.#crc);
    this.#next += piece.byteLength;
    return this.#next === this.#size;
  }
}
