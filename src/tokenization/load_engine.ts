import { TokenizerError } from '../errors';
import { SentencePieceEngine } from './sentencepiece/sentencepiece_engine';
import { SentencePieceJsEngine } from './sentencepiece/sentencepiece_js_engine';
import type { SentencePieceModel } from './sentencepiece/sentencepiece_model';
import type { TokenizerEngine } from './tokenizer_engine';

/** What cuts text into pieces: this package's own code, or the package sentencepiece-js (Node only). */
export type EngineName = 'builtin' | 'sentencepiece-js';

/**
 * An engine by name.
 *
 * @param path the file that the model was read from, where there is one.
 * @throws {TokenizerError} for another name, and for `'sentencepiece-js'` outside Node or where it is not installed.
 */
export async function loadEngine(
  model: SentencePieceModel,
  name: EngineName = 'builtin',
  path?: string,
): Promise<TokenizerEngine> {
  if (name === 'builtin') return new SentencePieceEngine(model);
  if (name === 'sentencepiece-js') return SentencePieceJsEngine.load(model, path);
  throw new TokenizerError(`Option engine must be 'builtin' or 'sentencepiece-js', received ${JSON.stringify(name)}.`, {
    path: 'engine',
    expected: ['builtin', 'sentencepiece-js'],
    received: name,
  });
}

/**
 * The name of an engine, by which it can be loaded again.
 *
 * @throws {TokenizerError} for an engine of somebody else's making.
 */
export function engineName(engine: TokenizerEngine): EngineName {
  if (engine instanceof SentencePieceEngine) return 'builtin';
  if (engine instanceof SentencePieceJsEngine) return 'sentencepiece-js';
  throw new TokenizerError(
    "The tokenizer's engine must be 'builtin' or 'sentencepiece-js' for workers and for trim, which load one anew, and is of another making; encode without workers, or make a tokenizer by fromModel.",
    { path: 'engine', expected: ['builtin', 'sentencepiece-js'] },
  );
}
