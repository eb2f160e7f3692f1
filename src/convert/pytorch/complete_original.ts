import { type FileSource, firstPresent } from '../../sources/file_source';
import { resolveSource } from '../../sources/resolve_source';
import type { CheckpointReader } from '../checkpoint_reader';
import { GENERATOR_FILE, GENERATOR_FOLDER, isOriginal, needsGenerator, readOriginal } from './original_reader';

/** Opens the weights of a source, of any format, by their name or those that a search finds. */
export type OpenWeights = (source: FileSource, name: string | undefined) => Promise<CheckpointReader>;

/** Where a generator may lie beside its discriminator: as Microsoft publishes it, and as pre-training here saves it. */
const GENERATOR_FILES = [GENERATOR_FILE, `${GENERATOR_FOLDER}/model.safetensors`];

/**
 * Makes a checkpoint whole that was written by microsoft/DeBERTa, or as its code does; others are passed on as they are.
 *
 * @param generator path of the generator's weights or their folder; by default what lies beside the model.
 * @throws {CheckpointError} when a generator is needed and missing; `reader` is then closed.
 */
export async function completeOriginal(
  reader: CheckpointReader,
  source: FileSource,
  generator: string | undefined,
  open: OpenWeights,
): Promise<CheckpointReader> {
  if (!isOriginal(reader)) return reader;
  let tables: CheckpointReader | undefined;
  try {
    tables = needsGenerator(reader) ? await openGenerator(source, generator, open) : undefined;
    return readOriginal(reader, tables);
  } catch (error) {
    await Promise.all([reader.close(), tables?.close()]);
    throw error;
  }
}

async function openGenerator(
  source: FileSource,
  path: string | undefined,
  open: OpenWeights,
): Promise<CheckpointReader | undefined> {
  if (path === undefined) {
    const name = await firstPresent(source, GENERATOR_FILES);
    return name === undefined ? undefined : open(source, name);
  }
  const place = await resolveSource(path);
  return open(place.source, place.file ?? (await firstPresent(place.source, GENERATOR_FILES)));
}
