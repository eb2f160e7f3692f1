import { CheckpointError } from '../../errors';
import type { RandomAccessFile } from '../../sources/random_access_file';

/** The error of a file whose parts contradict each other. */
export function damagedH5(path: string, reason: string): CheckpointError {
  return new CheckpointError(`${path} could not be read as HDF5: ${reason}; get the file again.`, { path });
}

/** A part of a file. */
export async function readView(file: RandomAccessFile, start: number, length: number): Promise<DataView> {
  return new DataView((await file.read(start, length)).buffer);
}

/** The letters with which many parts of an HDF5 file begin. */
export function signatureOf(view: DataView): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset, 4));
}

/** An address or a size, of which all that matter are below 2^53. */
export function readAddress(view: DataView, position: number): number {
  return Number(view.getBigUint64(position, true));
}
