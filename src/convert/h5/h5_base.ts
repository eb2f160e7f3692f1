import type { RandomAccessFile } from '../../sources/random_access_file';
import { damagedH5, readAddress, readView } from './h5_bytes';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** As much of the first block as matters here. */
const SUPERBLOCK_BYTES = 36;

/**
 * Finds out where the addresses of an HDF5 file count from: a program may have put something of its own in front.
 *
 * @throws {CheckpointError} when it is no HDF5 file, or its addresses are not the usual ones of eight bytes.
 */
export async function readH5Base(file: RandomAccessFile): Promise<number> {
  for (let start = 0; start + SUPERBLOCK_BYTES <= file.size; start = start === 0 ? 512 : 2 * start) {
    const view = await readView(file, start, SUPERBLOCK_BYTES);
    if (!SIGNATURE.every((byte, index) => view.getUint8(index) === byte)) continue;
    const version = view.getUint8(8);
    const isOld = version < 2;
    const [addressBytes, lengthBytes] = isOld ? [13, 14] : [9, 10];
    if (view.getUint8(addressBytes) !== 8 || view.getUint8(lengthBytes) !== 8) {
      throw damagedH5(file.path, 'its addresses must have eight bytes');
    }
    return readAddress(view, isOld ? 24 + 4 * version : 12);
  }
  throw damagedH5(file.path, 'it is no HDF5 file');
}
