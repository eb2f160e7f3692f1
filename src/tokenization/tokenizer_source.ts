import { TokenizerError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import { type JsonFile, parseTokenizerFiles, type TokenizerSettings } from './tokenizer_config';

/** File name of the vocabulary in a checkpoint folder. */
export const VOCABULARY_FILE = 'spm.model';

/** A tokenizer's files, read. */
export interface TokenizerSource extends TokenizerSettings {
  readonly modelPath: string;
  readonly modelBytes: Uint8Array;
}

/**
 * Reads a tokenizer from a checkpoint folder, or from an `spm.model` file alone.
 *
 * @param source a folder with `spm.model` and, where there are any, `tokenizer_config.json`,
 *   `special_tokens_map.json` and `added_tokens.json`; or the path of the model file.
 * @throws {TokenizerError} when there is no vocabulary, or a JSON file cannot be used.
 */
export async function readTokenizerSource(source: string): Promise<TokenizerSource> {
  const { join } = nodeBuiltin('node:path');
  if (!(await isFolder(source))) {
    const modelBytes = await readIfThere(source);
    if (modelBytes === undefined) throw missingVocabulary(source, source, false);
    return { modelPath: source, modelBytes, options: {}, unknown: {} };
  }
  const modelPath = join(source, VOCABULARY_FILE);
  const modelBytes = await readIfThere(modelPath);
  if (modelBytes === undefined) {
    throw missingVocabulary(source, modelPath, (await readIfThere(join(source, 'tokenizer.json'))) !== undefined);
  }
  const settings = parseTokenizerFiles({
    config: await readJson(join(source, 'tokenizer_config.json')),
    specialTokensMap: await readJson(join(source, 'special_tokens_map.json')),
    addedTokens: await readJson(join(source, 'added_tokens.json')),
  });
  return { modelPath, modelBytes, ...settings };
}

async function isFolder(path: string): Promise<boolean> {
  const found = await nodeBuiltin('node:fs/promises')
    .stat(path)
    .catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** Content of a file, undefined where there is none. */
async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await nodeBuiltin('node:fs/promises').readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new TokenizerError(`${path} could not be read (${code}); make it a readable file.`, { path, cause });
  }
}

async function readJson(path: string): Promise<JsonFile | undefined> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  try {
    return { path, content: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch (cause) {
    throw new TokenizerError(`${path} must be a JSON file, but it does not parse; correct it or fetch it again.`, {
      path,
      expected: 'JSON',
      cause,
    });
  }
}

function missingVocabulary(source: string, path: string, hasTokenizerJson: boolean): TokenizerError {
  const hint = hasTokenizerJson ? ' (the tokenizer.json in it is not read by this class)' : '';
  return new TokenizerError(
    `No SentencePiece vocabulary was found at ${path}${hint}; pass a folder that holds ${VOCABULARY_FILE}, or the path of such a file.`,
    { path, expected: VOCABULARY_FILE, received: source },
  );
}
