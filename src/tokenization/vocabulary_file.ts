import { writeFileAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import type { SentencePieceModel } from './sentencepiece/sentencepiece_model';

/** File name of the vocabulary in a checkpoint folder. */
export const VOCABULARY_FILE = 'spm.model';

/**
 * Writes a model as it was read.
 *
 * @param prefix put before the file name with a hyphen.
 * @returns the path of the file, in a list of one.
 * @throws {OutputError} when it cannot be written.
 */
export async function saveModel(model: SentencePieceModel, folder: string, prefix?: string): Promise<string[]> {
  const name = prefix === undefined ? VOCABULARY_FILE : `${prefix}-${VOCABULARY_FILE}`;
  const path = nodeBuiltin('node:path').join(folder, name);
  await writeFileAtomically(path, model.bytes);
  return [path];
}
