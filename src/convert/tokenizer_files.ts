import { nodeBuiltin } from '../files/node_builtins';
import type { FileSource } from '../sources/file_source';
import { readBytes } from '../sources/read_json';

/** Files of a tokenizer that lie beside the weights. */
const TOKENIZER_FILES = [
  'spm.model',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
];

/** Names of the tokenizer's files that are there. */
export async function tokenizerFiles(source: FileSource): Promise<string[]> {
  const present: string[] = [];
  for (const file of TOKENIZER_FILES) if (await source.has(file)) present.push(file);
  return present;
}

/** Copies the tokenizer that lies beside the weights, as far as there is one. @returns the names of its files. */
export async function copyTokenizer(source: FileSource, folder: string): Promise<string[]> {
  const { join } = nodeBuiltin('node:path');
  const files = await tokenizerFiles(source);
  for (const file of files) {
    await nodeBuiltin('node:fs/promises').writeFile(join(folder, file), await readBytes(source, file));
  }
  return files;
}
