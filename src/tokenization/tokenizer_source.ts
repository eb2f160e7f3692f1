import { CheckpointError, TokenizerError } from '../errors';
import type { FileSource } from '../sources/file_source';
import { isMissing } from '../sources/is_missing';
import { readBytes } from '../sources/read_json';
import { resolveSource } from '../sources/resolve_source';
import type { SourceOptions } from '../sources/source_options';
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
 * Reads a tokenizer from a checkpoint, from an `spm.model` file or from a `tokenizer.json` file alone.
 *
 * @param place a folder with `spm.model`, `tokenizer.json` or both, and, where there are any, `tokenizer_config.json`,
 *   `special_tokens_map.json` and `added_tokens.json`; or the path of a vocabulary file; or a URL of either; or a model
 *   of the hub.
 * @param takesTokenizerJson whether `tokenizer.json` will do.
 * @throws {TokenizerError} when there is no vocabulary, or a JSON file cannot be used.
 * @throws {CheckpointError} when a URL or the hub fails.
 */
export async function readTokenizerSource(
  place: string,
  takesTokenizerJson: boolean,
  options: SourceOptions = {},
): Promise<TokenizerSource> {
  const { source, file } = await resolveSource(place, options).catch((error: unknown) => {
    if (!(error instanceof CheckpointError && isMissing(error))) throw error;
    throw missingVocabulary(place, place, takesTokenizerJson);
  });
  if (file !== undefined) return readVocabularyFile(source, file, takesTokenizerJson);
  const bytes = await readIfThere(source, VOCABULARY_FILE);
  let tokenizer: Promise<JsonFile | undefined> | undefined;
  // Megabytes of JSON: looked for here and used by the caller, but read once.
  const readTokenizer = () => {
    tokenizer ??= readJsonIfThere(source, TOKENIZER_FILE);
    return tokenizer;
  };
  const modelPath = source.pathOf(VOCABULARY_FILE);
  if (bytes === undefined && !(takesTokenizerJson && (await readTokenizer()))) {
    throw missingVocabulary(place, modelPath, takesTokenizerJson);
  }
  const settings = parseTokenizerFiles({
    config: await readJsonIfThere(source, 'tokenizer_config.json'),
    specialTokensMap: await readJsonIfThere(source, 'special_tokens_map.json'),
    addedTokens: await readJsonIfThere(source, 'added_tokens.json'),
  });
  return { model: bytes && { path: modelPath, bytes }, readTokenizer, ...settings };
}

async function readVocabularyFile(
  source: FileSource,
  name: string,
  takesTokenizerJson: boolean,
): Promise<TokenizerSource> {
  const isJson = takesTokenizerJson && name.endsWith('.json');
  const path = source.pathOf(name);
  const bytes = await readIfThere(source, name);
  if (bytes === undefined) throw missingVocabulary(path, path, takesTokenizerJson);
  const readTokenizer = async () => (isJson ? parseJson(path, bytes) : undefined);
  return { model: isJson ? undefined : { path, bytes }, readTokenizer, options: {}, unknown: {} };
}

/** Content of a file, undefined where there is none. */
async function readIfThere(source: FileSource, name: string): Promise<Uint8Array | undefined> {
  if (!(await source.has(name))) return undefined;
  try {
    return await readBytes(source, name);
  } catch (error) {
    if (source.folder === undefined || !(error instanceof CheckpointError)) throw error;
    const { path = name, cause } = error;
    const { code } = cause as NodeJS.ErrnoException;
    throw new TokenizerError(`${path} could not be read (${code}); make it a readable file.`, { path, cause });
  }
}

async function readJsonIfThere(source: FileSource, name: string): Promise<JsonFile | undefined> {
  const bytes = await readIfThere(source, name);
  return bytes && parseJson(source.pathOf(name), bytes);
}

function parseJson(path: string, bytes: Uint8Array): JsonFile {
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
