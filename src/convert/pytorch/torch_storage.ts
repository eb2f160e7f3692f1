import type { NumberType } from '../numbers/decode_numbers';

/** A run of numbers in a PyTorch file, which one or several tensors look into. */
export class TorchStorage {
  /**
   * @param key of the storage in the file.
   * @param type undefined for plain bytes, whose meaning each tensor knows.
   * @param length in numbers; in bytes where there is no type.
   * @param start the number at which a view of an older file's storage begins.
   */
  constructor(
    readonly key: string,
    readonly type: NumberType | undefined,
    readonly length: number,
    readonly start = 0,
  ) {}
}
