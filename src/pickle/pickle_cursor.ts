import { CheckpointError } from '../errors';

/** More digits than any number that torch saves; longer ones only cost time. */
const MAX_INTEGER_BYTES = 1024;

/**
 * The bytes of a pickle, read from front to back; nothing is read, and no memory taken, beyond their end.
 *
 * @throws {CheckpointError} from every method when the bytes end too early or are not what they must be.
 */
export class PickleCursor {
  /** Whether the bytes ended where more were needed: a caller that holds more of the file may try again with more. */
  endedEarly = false;

  readonly #view: DataView;

  /**
   * @param path of the file, for messages.
   * @param position of the next byte to read.
   */
  constructor(
    readonly path: string,
    readonly bytes: Uint8Array,
    public position = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Number of bytes that are left. */
  get left(): number {
    return this.bytes.byteLength - this.position;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** A 64-bit length: one that no number can hold lies beyond every file. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Big-endian, alone among the numbers of a pickle. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** The next bytes, in the memory of the whole. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }

  text(length: number): string {
    const start = this.position;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(length));
    } catch (error) {
      if (error instanceof CheckpointError) throw error;
      throw this.damaged('texts in UTF-8', `other bytes at ${start}`);
    }
  }

  /** The text up to the next end of line, which is skipped. */
  line(): string {
    const end = this.bytes.indexOf(10, this.position);
    if (end < 0) this.#refuseEnd();
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  /** A little-endian integer in two's complement. */
  integer(length: number): number | bigint {
    const digits = this.take(length);
    if (length > MAX_INTEGER_BYTES) throw this.damaged(`integers of at most ${MAX_INTEGER_BYTES} bytes`, `${length}`);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) value = (value << 8n) | BigInt(digits[index]!);
    return toNumber(BigInt.asIntN(8 * length, value));
  }

  /** An integer written in decimal digits. */
  decimal(text: string): number | bigint {
    if (text.length > MAX_INTEGER_BYTES || !/^[+-]?\d+$/.test(text)) {
      throw this.damaged('integers in decimal digits', JSON.stringify(text.slice(0, 40)));
    }
    return toNumber(BigInt(text));
  }

  /** A float written in decimal digits. */
  decimalFloat(text: string): number {
    const value = Number(text);
    if (text === '' || Number.isNaN(value)) throw this.damaged('floats in digits', JSON.stringify(text.slice(0, 40)));
    return value;
  }

  /** The error of a pickle that is not what it must be. */
  damaged(expected: string, received: string): CheckpointError {
    return new CheckpointError(
      `The pickle in ${this.path} must hold ${expected}, received ${received}; get the file again.`,
      { path: this.path, expected, received },
    );
  }

  #advance(length: number): number {
    if (length > this.left) this.#refuseEnd();
    const start = this.position;
    this.position += length;
    return start;
  }

  #refuseEnd(): never {
    this.endedEarly = true;
    throw new CheckpointError(
      `The pickle in ${this.path} ends at byte ${this.bytes.byteLength} in the middle of a value; get the file again.`,
      { path: this.path, received: this.bytes.byteLength },
    );
  }
}

function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
