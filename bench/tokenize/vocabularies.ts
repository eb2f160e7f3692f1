import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE } from '../cache';
import { writeTexts } from './texts';

const FOLDER = join(CACHE, 'tokenize');

/** Where the texts are. */
export const TEXT_FOLDER = join(FOLDER, 'texts');

/** Numbers of pieces; the first is for speed, the second for loading. */
export const VOCABULARY_SIZES = [32_000, 128_000] as const;

export type VocabularySize = (typeof VOCABULARY_SIZES)[number];

/** Formats of a vocabulary. */
export type VocabularyFormat = 'spm.model' | 'tokenizer.json';

/** File of a vocabulary. */
export function vocabularyFile(size: VocabularySize, format: VocabularyFormat): string {
  return join(FOLDER, String(size), format);
}

/**
 * Writes the texts and has the vocabularies trained on them, where they are missing.
 *
 * @param python with the packages of `tests/reference/requirements.txt`.
 */
export async function makeVocabularies(python = 'python3'): Promise<void> {
  const files = VOCABULARY_SIZES.map((size) => vocabularyFile(size, 'tokenizer.json'));
  if (files.every(existsSync)) return;
  process.stderr.write('Training the vocabularies…\n');
  await writeTexts(TEXT_FOLDER);
  const sizes = VOCABULARY_SIZES.map(String);
  const program = [join(__dirname, 'train_vocabularies.py'), TEXT_FOLDER, FOLDER, ...sizes];
  await promisify(execFile)(python, program).catch((error: Error) => {
    throw new Error(
      `${python} must train the vocabularies and could not; install tests/reference/requirements.txt for it, or name another with --python.\n${error.message}`,
    );
  });
}
