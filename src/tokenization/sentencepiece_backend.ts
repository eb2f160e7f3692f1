import { debertaTemplate, type SequenceTemplate } from './encoding/sequence_template';
import type { BackendMaker, FastBackend } from './fast_backend';
import { SentencePieceEngine } from './sentencepiece/sentencepiece_engine';
import type { SentencePieceModel } from './sentencepiece/sentencepiece_model';
import { SlowDecoder } from './slow_decoder';
import { SlowSegmenter, type SlowSegmenterSettings } from './slow_segmenter';
import type { TokenList } from './token_list';
import type { TokenizerVocabulary } from './tokenizer_vocabulary';

/** The slow class's way of cutting texts, with positions. */
class SentencePieceBackend implements FastBackend {
  readonly template: SequenceTemplate;
  readonly #vocabulary: TokenizerVocabulary;
  readonly #segmenter: SlowSegmenter;
  readonly #decoder: SlowDecoder;

  constructor(
    model: SentencePieceModel,
    engine: SentencePieceEngine,
    vocabulary: TokenizerVocabulary,
    settings: SlowSegmenterSettings,
  ) {
    const { clsToken, sepToken } = vocabulary.specialTokens;
    this.template = debertaTemplate(vocabulary.idOf(clsToken.content), vocabulary.idOf(sepToken.content));
    this.#vocabulary = vocabulary;
    this.#segmenter = new SlowSegmenter(engine, vocabulary, settings);
    this.#decoder = new SlowDecoder(model, vocabulary);
  }

  encodePieces(text: string): string[] {
    return this.#segmenter.encodePieces(text);
  }

  encodeIds(text: string): number[] {
    return this.#segmenter.encodeIds(text);
  }

  encode(text: string, tokens: TokenList): void {
    this.#segmenter.encode(text, tokens);
  }

  decode(ids: readonly number[], skipSpecialTokens: boolean): string {
    const skipped = new Set(skipSpecialTokens ? this.#vocabulary.allSpecialIds : []);
    const tokens = ids.filter((id) => !skipped.has(id)).map((id) => this.#vocabulary.tokenOf(id));
    return this.#decoder.decode(tokens, skipSpecialTokens);
  }

  joinTokens(tokens: readonly string[]): string {
    return this.#decoder.joinTokens(tokens);
  }
}

/** Backends of one model, which share its engine. */
export function sentencePieceBackends(model: SentencePieceModel): BackendMaker {
  const engine = new SentencePieceEngine(model);
  return (vocabulary, settings) => new SentencePieceBackend(model, engine, vocabulary, settings);
}
