import { InputError } from '../../errors';
import { splitLines } from '../../files/split_lines';
import { MAX_ROW_CHARACTERS } from './max_row_characters';
import type { BadRow, Row } from './row';
import type { TextPieces } from './text_pieces';

/** How a CoNLL file is written. */
export interface ConllOptions {
  /** Column of the token, counted from 0, or from -1 for the last; 0 by default. */
  readonly tokenColumn?: number;
  /** Column of the tag, likewise; -1 by default. */
  readonly tagColumn?: number;
  /** Longest sentence in tokens, 4096 by default; a longer one is a bad row, most often a file without blank lines. */
  readonly maxTokens?: number;
}

/** Begins a line between documents. */
const DOCUMENT = '-DOCSTART-';

/**
 * The sentences of a CoNLL file, as rows with `tokens` and `tags`: a token and its tag a line, a blank line between
 * sentences.
 *
 * Columns are apart by tabs where a line has one, else by spaces. Lines that begin with `-DOCSTART-` are passed over.
 */
export async function* readConll(text: TextPieces, options: ConllOptions): AsyncGenerator<Row | BadRow> {
  let number = 0;
  let sentence: Sentence | undefined;
  for await (const lines of splitLines(text, MAX_ROW_CHARACTERS)) {
    for (const line of lines) {
      number++;
      if (line.trim() === '' || line.startsWith(DOCUMENT)) {
        if (sentence !== undefined) yield sentence.finish();
        sentence = undefined;
      } else {
        sentence ??= new Sentence(text.name, number, options);
        sentence.add(line, number, text.refuseInvalid(number));
      }
    }
  }
  if (sentence !== undefined) yield sentence.finish();
}

/** Gathers the lines of a sentence, up to the first that is wrong. */
class Sentence {
  readonly #tokens: string[] = [];
  readonly #tags: string[] = [];
  #problem: InputError | undefined;

  constructor(
    private readonly name: string,
    private readonly first: number,
    private readonly options: ConllOptions,
  ) {}

  add(line: string, number: number, invalid: InputError | undefined): void {
    this.#problem ??= invalid;
    if (this.#problem !== undefined) return;
    const { tokenColumn = 0, tagColumn = -1, maxTokens = 4096 } = this.options;
    const fields = line.includes('\t') ? line.split('\t').map((field) => field.trim()) : line.trim().split(/ +/);
    const [token, tag] = [fields.at(tokenColumn), fields.at(tagColumn)];
    if (fields.length < 2 || !token || !tag) {
      this.#problem = new InputError(
        `Line ${number} of ${this.name} must have a token in column ${tokenColumn} and a tag in column ${tagColumn} and has ${fields.length} columns; correct that line, or set tokenColumn and tagColumn.`,
        { path: this.name, received: line.slice(0, 200) },
      );
    } else if (this.#tokens.length === maxTokens) {
      this.#problem = new InputError(
        `The sentence at line ${this.first} of ${this.name} must have at most ${maxTokens} tokens and has more; put blank lines between sentences, or raise maxTokens.`,
        { path: this.name, expected: maxTokens },
      );
    } else {
      this.#tokens.push(token);
      this.#tags.push(tag);
    }
  }

  finish(): Row | BadRow {
    if (this.#problem !== undefined) return { problem: this.#problem };
    return { values: { tokens: this.#tokens, tags: this.#tags }, place: `Line ${this.first} of ${this.name}` };
  }
}
