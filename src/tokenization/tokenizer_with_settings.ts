import { writeFileAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import type { Side } from './encoding/truncate_sequences';
import { TokenizerBase } from './tokenizer_base';
import { NO_MAXIMUM, tokenizerFiles } from './tokenizer_config';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import { type PieceVocabulary, TokenizerVocabulary } from './tokenizer_vocabulary';

/** The part of every tokenizer that holds its settings and saves them. */
export abstract class TokenizerWithSettings extends TokenizerBase {
  /** Longest sequence in tokens that the model takes, 1e30 for no maximum. */
  modelMaxLength: number;
  /** Where padding goes. */
  paddingSide: Side;
  /** Where tokens are cut off. */
  truncationSide: Side;
  /** Whether `decode` removes spaces before punctuation unless told otherwise. */
  cleanUpTokenizationSpaces: boolean;
  readonly doLowerCase: boolean;
  /** Whether text is cut at punctuation first. */
  readonly splitByPunct: boolean;
  /** Whether special tokens in a text are tokenized like ordinary text. */
  readonly splitSpecialTokens: boolean;
  readonly #unknownSettings: Readonly<Record<string, unknown>>;

  /**
   * @param unknownSettings keys of `tokenizer_config.json` to be written back by {@link savePretrained}.
   */
  protected constructor(
    pieces: PieceVocabulary,
    options: DebertaV2TokenizerOptions = {},
    unknownSettings: Readonly<Record<string, unknown>> = {},
  ) {
    super(new TokenizerVocabulary(pieces, options, options.addedTokens));
    this.modelMaxLength = options.modelMaxLength ?? NO_MAXIMUM;
    this.paddingSide = options.paddingSide ?? 'right';
    this.truncationSide = options.truncationSide ?? 'right';
    this.cleanUpTokenizationSpaces = options.cleanUpTokenizationSpaces ?? false;
    this.doLowerCase = options.doLowerCase ?? false;
    this.splitByPunct = options.splitByPunct ?? false;
    this.splitSpecialTokens = options.splitSpecialTokens ?? false;
    this.#unknownSettings = unknownSettings;
  }

  /**
   * Writes the vocabulary.
   *
   * @param prefix put before the file name with a hyphen.
   * @returns the path of the file, `[prefix-]spm.model`, in a list of one.
   * @throws {OutputError} when it cannot be written.
   */
  abstract saveVocabulary(folder: string, prefix?: string): Promise<string[]>;

  /**
   * Writes everything that `fromPretrained` of this package or of Hugging Face needs.
   *
   * @returns the paths of the files: vocabulary, settings, special tokens and, where there are any, added tokens.
   * @throws {OutputError} when they cannot be written.
   */
  async savePretrained(folder: string): Promise<string[]> {
    const paths = await this.vocabularyFiles(folder);
    for (const [name, content] of Object.entries(this.settingsFiles())) {
      const path = nodeBuiltin('node:path').join(folder, name);
      await writeFileAtomically(path, content);
      paths.push(path);
    }
    return paths;
  }

  /** Writes the vocabulary and returns the paths of its files. */
  protected vocabularyFiles(folder: string): Promise<string[]> {
    return this.saveVocabulary(folder);
  }

  /** Contents of the files that {@link savePretrained} writes beside the vocabulary, by name. */
  protected settingsFiles(moreSettings: Readonly<Record<string, unknown>> = {}): Record<string, string> {
    const { vocabulary, modelMaxLength, paddingSide, truncationSide, cleanUpTokenizationSpaces } = this;
    return tokenizerFiles({
      vocabulary,
      modelMaxLength,
      paddingSide,
      truncationSide,
      cleanUpTokenizationSpaces,
      doLowerCase: this.doLowerCase,
      splitByPunct: this.splitByPunct,
      splitSpecialTokens: this.splitSpecialTokens,
      unknown: { ...this.#unknownSettings, ...moreSettings },
    });
  }

  /** Keys of `tokenizer_config.json` that this package has no use for. */
  protected get unknownSettings(): Readonly<Record<string, unknown>> {
    return this.#unknownSettings;
  }

  /** Options that make the same tokenizer again. */
  protected currentOptions(): DebertaV2TokenizerOptions {
    const { doLowerCase, splitByPunct, splitSpecialTokens, cleanUpTokenizationSpaces } = this;
    const { modelMaxLength, paddingSide, truncationSide } = this;
    return {
      ...this.vocabulary.specialTokens,
      addedTokens: this.vocabulary.addedTokens,
      doLowerCase,
      splitByPunct,
      splitSpecialTokens,
      cleanUpTokenizationSpaces,
      modelMaxLength,
      paddingSide,
      truncationSide,
    };
  }
}
