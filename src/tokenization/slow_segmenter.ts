import { AddedTokenSplitter } from './added_token_splitter';
import { type AlignedText, plainText, sliceAligned, sourceEnd, sourceStart } from './aligned_text';
import { LowerCaser, toLowerCaseAligned } from './lower_caser';
import { splitOnPunctuation } from './split_on_punctuation';
import type { TokenList } from './token_list';
import type { AlignedEngine, TokenizerEngine } from './tokenizer_engine';
import type { TokenizerVocabulary } from './tokenizer_vocabulary';

/** Which steps {@link SlowSegmenter} takes before the engine. */
export interface SlowSegmenterSettings {
  /** Whether text is lower-cased, special tokens excepted. */
  readonly doLowerCase: boolean;
  /** Whether text is cut at punctuation. */
  readonly splitByPunct: boolean;
  /** Whether special tokens in a text are tokenized like ordinary text. */
  readonly splitSpecialTokens: boolean;
}

/**
 * Segments whole texts as the slow class of the reference does: added tokens are cut out, the rest is lower-cased and
 * cut at punctuation where that is asked for, and each part goes to the engine by itself.
 *
 * Does not change; a tokenizer that gets new tokens makes a new one.
 */
export class SlowSegmenter implements TokenizerEngine {
  readonly #engine: TokenizerEngine | AlignedEngine;
  readonly #vocabulary: TokenizerVocabulary;
  readonly #settings: SlowSegmenterSettings;
  readonly #splitter: AddedTokenSplitter;
  readonly #lowerCaser: LowerCaser;

  constructor(
    engine: TokenizerEngine | AlignedEngine,
    vocabulary: TokenizerVocabulary,
    settings: SlowSegmenterSettings,
  ) {
    this.#engine = engine;
    this.#vocabulary = vocabulary;
    this.#settings = settings;
    const added = [...vocabulary.addedTokens.values()];
    this.#splitter = new AddedTokenSplitter(settings.splitSpecialTokens ? [] : added);
    const normalized = added.filter((token) => !token.special && token.normalized);
    this.#lowerCaser = new LowerCaser([...vocabulary.allSpecialTokens, ...normalized.map(({ content }) => content)]);
  }

  encodePieces(text: string): string[] {
    return this.#segments(text).flatMap(({ text: part, added }) =>
      added ? [part] : this.#parts(part).flatMap((run) => this.#engine.encodePieces(run)),
    );
  }

  /** Ids of the tokens of a text, without special ones around them. */
  encodeIds(text: string): number[] {
    if (!this.#settings.doLowerCase && !this.#splitter.mayMatch(text)) return this.#idsOfText(text);
    const ids: number[] = [];
    for (const { text: part, added } of this.#segments(text)) {
      if (added) ids.push(this.#vocabulary.idOf(part));
      else append(ids, this.#idsOfText(part));
    }
    return ids;
  }

  /** Appends the tokens of a text with their positions; for engines that keep them. */
  encode(text: string, tokens: TokenList): void {
    const engine = this.#engine as AlignedEngine;
    const { offset } = tokens;
    for (const segment of this.#segments(text)) {
      if (segment.added) {
        tokens.offset = offset;
        tokens.push(this.#vocabulary.idOf(segment.text), segment.start, segment.end, tokens.nextWord++);
      } else this.#encodeSegment(engine, segment, tokens, offset);
    }
    tokens.offset = offset;
  }

  #segments(text: string) {
    const given = plainText(text);
    const cased = this.#settings.doLowerCase ? this.#lowerCaser.lower(given) : given;
    return this.#splitter.split(cased);
  }

  /** What the engine gets of a text between added tokens. */
  #parts(text: string): string[] {
    const cased = this.#settings.doLowerCase ? text.toLowerCase() : text;
    return this.#settings.splitByPunct ? splitOnPunctuation(cased) : [cased];
  }

  #idsOfText(text: string): number[] {
    if (!this.#settings.doLowerCase && !this.#settings.splitByPunct) return this.#idsOfPart(text);
    const ids: number[] = [];
    for (const part of this.#parts(text)) append(ids, this.#idsOfPart(part));
    return ids;
  }

  /** Unknown text and pieces that are also added tokens are looked up by name, everything else has its id already. */
  #idsOfPart(text: string): number[] {
    const { renumbered, model } = this.#vocabulary;
    if (renumbered.size === 0 && 'encodeIds' in this.#engine) {
      const ids = this.#engine.encodeIds(text);
      if (!ids.includes(model.unkId)) return ids;
    }
    return this.#engine.encodePieces(text).map((piece) => this.#vocabulary.idOf(piece));
  }

  #encodeSegment(engine: AlignedEngine, segment: AlignedText, tokens: TokenList, offset: number): void {
    const cased = this.#settings.doLowerCase ? toLowerCaseAligned(segment) : segment;
    let at = 0;
    for (const text of this.#settings.splitByPunct ? splitOnPunctuation(cased.text) : [cased.text]) {
      const part = sliceAligned(cased, at, at + text.length);
      const first = tokens.length;
      this.#encodePart(engine, part, tokens, offset);
      if (at > 0) this.#giveSpace(tokens, first, offset + part.start);
      at += text.length;
    }
  }

  /**
   * Lets the `▁` of a word that follows punctuation have the position of the space before it, as it has in the middle of
   * a text; the engine, which sees a text that begins with the space, gives it that of the first character.
   */
  #giveSpace({ ids, starts, ends }: TokenList, first: number, partStart: number): void {
    const start = starts[first];
    if (start === undefined || start === partStart) return;
    starts[first] = start - 1;
    if (this.#vocabulary.tokenOf(ids[first]!) === WORD_START) ends[first] = start;
  }

  #encodePart(engine: AlignedEngine, part: AlignedText, tokens: TokenList, offset: number): void {
    const { text, start, alignment } = part;
    const first = tokens.length;
    const known = tokens.surfaces.size;
    tokens.offset = alignment === undefined ? offset + start : 0;
    engine.encode(text, tokens);
    const { ids, starts, ends, surfaces, length } = tokens;
    const { renumbered } = this.#vocabulary;
    if (renumbered.size === 0 && surfaces.size === known && alignment === undefined) return;
    for (let index = first; index < length; index++) {
      const surface = surfaces.get(index);
      const id = ids[index]!;
      ids[index] = surface === undefined ? (renumbered.get(id) ?? id) : this.#vocabulary.idOf(surface);
      if (alignment === undefined) continue;
      starts[index] = offset + sourceStart(part, starts[index]!);
      ends[index] = offset + sourceEnd(part, ends[index]!);
    }
  }
}

const WORD_START = '\u2581';

/** `push(...more)` overflows the stack for long lists. */
function append(ids: number[], more: readonly number[]): void {
  for (const id of more) ids.push(id);
}
