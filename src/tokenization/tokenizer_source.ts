import { TokenizerError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import { type JsonFile, parseTokenizerFiles, type TokenizerSettings } from './tokenizer_config';
import { VOCABULARY_FILE } from './vocabulary_file';

/** File name of the fast tokenizer in a checkpoint folder. */
export const TOKENIZER_FILE = 'tokenizer.json';

/** A tokenizer's files; at least one of the two vocabularies is there. */
export interface TokenizerSource extends TokenizerSettings {
  /** `spm.model`. */
  readonly model: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  /** Reads `tokenizer.json`, which takes a while; undefined where there is none. */
  readonly readTokenizer: () => Promise<JsonFile | undefined>;
}

/**
 * Reads a tokenizer from a checkpoint folder, from an `spm.model` file or from a `tokenizer.json` file alone.
 *
 * @param source a folder with `spm.model`, `tokenizer.json` or both, and, where there are any, `tokenizer_config.json`,
 *   `special_tokens_map.json` and `added_tokens.json`; or the path of a vocabulary file.
 * @param takesTokenizerJson whether `tokenizer.json` will do.
 * @throws {TokenizerError} when there is no vocabulary, or a JSON file cannot be used.
 */
export async function readTokenizerSource(source: string, takesTokenizerJson: boolean): Promise<TokenizerSource> {
  const { join } = nodeBuiltin('node:path');
  if (!(await isFolder(source))) return readVocabularyFile(source, takesTokenizerJson);
  const modelPath = join(source, VOCABULARY_FILE);
  const bytes = await readIfThere(modelPath);
  let tokenizer: Promise<JsonFile | undefined> | undefined;
  // Megabytes of JSON: looked for here and used by the caller, but read once.
  const readTokenizer = () => {
    tokenizer ??= readJson(join(source, TOKENIZER_FILE));
    return tokenizer;
  };
  if (bytes === undefined && !(takesTokenizerJson && (await readTokenizer()))) {
    throw missingVocabulary(source, modelPath, takesTokenizerJson);
  }
  const settings = parseTokenizerFiles({
    config: await readJson(join(source, 'tokenizer_config.json')),
    specialTokensMap: await readJson(join(source, 'special_tokens_map.json')),
    addedTokens: await readJson(join(source, 'added_tokens.json')),
  });
  return { model: bytes && { path: modelPath, bytes }, readTokenizer, ...settings };
}

async function readVocabularyFile(path: string, takesTokenizerJson: boolean): Promise<TokenizerSource> {
  const isJson = takesTokenizerJson && path.endsWith('.json');
  const bytes = await readIfThere(path);
  if (bytes === undefined) throw missingVocabulary(path, path, takesTokenizerJson);
  const readTokenizer = async () => (isJson ? readJson(path) : undefined);
  return { model: isJson ? undefined : { path, bytes }, readTokenizer, options: {}, unknown: {} };
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

function missingVocabulary(source: string, path: string, takesTokenizerJson: boolean): TokenizerError {
  const names = takesTokenizerJson ? `${VOCABULARY_FILE} or ${TOKENIZER_FILE}` : VOCABULARY_FILE;
  const hint = takesTokenizerJson ? '' : ` (${TOKENIZER_FILE} is read by DebertaV2TokenizerFast alone)`;
  return new TokenizerError(
    `No SentencePiece vocabulary was found at ${path}; pass a folder that holds ${names}, or the path of such a file${hint}.`,
    { path, expected: names, received: source },
  );
}
