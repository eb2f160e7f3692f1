import { type FileSource, firstPresent } from '../../sources/file_source';
import { resolveSource } from '../../sources/resolve_source';
import type { CheckpointReader } from '../checkpoint_reader';
import { GENERATOR_FILE, isOriginal, needsGenerator, readOriginal } from './original_reader';
import { openPytorch } from './pytorch_reader';

/**
 * Makes a pickle whole that microsoft/DeBERTa wrote; other pickles are passed on as they are.
 *
 * @param generator path of the generator's weights; by default the file that Microsoft publishes beside the model.
 * @throws {CheckpointError} when a generator is needed and missing; `reader` is then closed.
 */
export async function completeOriginal(
  reader: CheckpointReader,
  source: FileSource,
  generator: string | undefined,
): Promise<CheckpointReader> {
  if (!isOriginal(reader)) return reader;
  let tables: CheckpointReader | undefined;
  try {
    tables = needsGenerator(reader) ? await openGenerator(source, generator) : undefined;
    return readOriginal(reader, tables);
  } catch (error) {
    await Promise.all([reader.close(), tables?.close()]);
    throw error;
  }
}

async function openGenerator(source: FileSource, path: string | undefined): Promise<CheckpointReader | undefined> {
  if (path !== undefined) {
    const place = await resolveSource(path);
    return openPytorch(place.source, place.file ?? GENERATOR_FILE);
  }
  const name = await firstPresent(source, [GENERATOR_FILE]);
  return name === undefined ? undefined : openPytorch(source, name);
}
