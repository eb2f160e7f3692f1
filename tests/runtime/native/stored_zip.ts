import { zipBytes } from '../../sources/zip_bytes';

/** A zip file of small texts, stored as they are. */
export function storedZip(files: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(zipBytes(Object.entries(files).map(([name, data]) => ({ name, data }))));
}
