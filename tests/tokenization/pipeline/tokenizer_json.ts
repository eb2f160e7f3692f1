import { type AddedToken, addedToken } from '../../../src/tokenization/added_token';
import { tokenizerJsonFromModel } from '../../../src/tokenization/pipeline/tokenizer_json_from_model';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { type AnyModelName, modelBytes, type RawModelName } from '../tables';

/** Keys of a `tokenizer.json` that a test sets itself. */
export type JsonParts = Readonly<Record<string, unknown>>;

/** A `tokenizer.json` with a vocabulary of single letters and little else. */
export function smallTokenizerJson(parts: JsonParts = {}): JsonParts {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz', (letter, index) => [letter, -3 - index / 10]);
  return {
    version: '1.0',
    added_tokens: [],
    model: { type: 'Unigram', unk_id: 0, vocab: [['<unk>', 0], ['▁', -2], ['▁a', -2.5], ['ab', -4], ...letters] },
    ...parts,
  };
}

/** The model of a fixture. */
export function fixtureModel(name: AnyModelName | RawModelName): SentencePieceModel {
  return SentencePieceModel.fromBytes(modelBytes(name));
}

/** The special tokens that a DeBERTa tokenizer adds to a model. */
export function specialTokens(model: SentencePieceModel): Map<number, AddedToken> {
  const special = (content: string) => addedToken(content, { special: true, normalized: content === '[UNK]' });
  return new Map([
    [0, special('[PAD]')],
    [1, special('[CLS]')],
    [2, special('[SEP]')],
    [3, special('[UNK]')],
    [model.pieces.length, special('[MASK]')],
  ]);
}

/** A fixture's model as a `tokenizer.json`, with some keys set to something else. */
export function fixtureTokenizerJson(name: AnyModelName | RawModelName, parts: JsonParts = {}): JsonParts {
  const model = fixtureModel(name);
  const settings = { algorithm: 'fast', doLowerCase: false, splitByPunct: false } as const;
  return { ...tokenizerJsonFromModel(model, { ...settings, addedTokens: specialTokens(model) }), ...parts };
}

/** An added token as a `tokenizer.json` holds it: normalized and nothing else by default. */
export function addedTokenJson(id: number, content: string, properties: JsonParts = {}): JsonParts {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: true,
    special: false,
    ...properties,
  };
}
