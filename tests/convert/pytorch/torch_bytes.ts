import { assemble, int, type Piece, pickle, text, u64 } from '../../pickle/assemble';
import { zipBytes } from '../../sources/zip_bytes';

/** A storage's bytes, and how many numbers they are. */
export interface StorageBytes {
  readonly data: Uint8Array;
  readonly count: number;
}

/** Four float32 numbers: 1, 2, 3, 4. */
export const FOUR: StorageBytes = { data: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), count: 4 };

/** A file of `torch.save` in the zip layout, right or wrong. */
export function torchZip(
  value: Piece,
  storages: Readonly<Record<string, StorageBytes>> = {},
  others: Readonly<Record<string, string>> = {},
): Uint8Array {
  return zipBytes([
    { name: 'archive/data.pkl', data: pickle(value) },
    ...Object.entries(storages).map(([key, { data }]) => ({ name: `archive/data/${key}`, data })),
    ...Object.entries(others).map(([name, data]) => ({ name, data })),
  ]);
}

/** A file of `torch.save` in the layout before PyTorch 1.6, right or wrong. */
export function torchLegacy(
  value: Piece,
  storages: Readonly<Record<string, StorageBytes>> = {},
  { magic = 0x1950a86a20f9469cfc6cn, protocol = 1001, keys = Object.keys(storages) } = {},
): Uint8Array {
  return assemble(
    pickle(int(magic)),
    pickle(int(protocol)),
    pickle('}'),
    pickle(value),
    pickle('](', ...keys.map(text), 'e'),
    ...Object.values(storages).flatMap(({ data, count }) => [u64(BigInt.asUintN(64, BigInt(count))), data]),
  );
}
