import type { TakeMemory } from '../../files/memory';
import { NUMBER_SIZES } from '../numbers/decode_numbers';
import type { TorchStorage } from './torch_storage';

/** A file of `torch.save`, whichever way it is laid out. */
export interface TorchFile {
  /** What was saved, with `TorchTensor`s for the tensors. */
  readonly value: unknown;
  /** Whether the numbers of storages lie most significant byte first. */
  readonly isBigEndian: boolean;
  /**
   * Reads a part of a whole storage.
   *
   * @param start in bytes, as `length`.
   * @param take memory for the bytes, if the layout can use it; fresh by default.
   * @throws {CheckpointError} when the file is damaged.
   */
  read(storage: TorchStorage, start: number, length: number, take?: TakeMemory): Promise<Uint8Array>;
}

/** The pickle of a state dict of ten thousand tensors has two megabytes; the numbers lie outside of it. */
export const MAX_PICKLE_BYTES = 64 << 20;

/** Size of a whole storage. */
export function storageBytes({ type, length }: TorchStorage): number {
  return length * (type === undefined ? 1 : NUMBER_SIZES[type]);
}
