import { TokenizerError } from '../../../errors';

/** `\w` of Oniguruma inside a class. */
const WORD_IN_CLASS = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}`;
/** `\w` of Oniguruma outside of classes, where it takes in the superscripts and fractions of Latin-1. */
const WORD = String.raw`${WORD_IN_CLASS}\xb2\xb3\xb9\xbc-\xbe`;

/** What single-letter escapes are outside a class and inside one; undefined where a class cannot hold it. */
const ESCAPES: Readonly<Record<string, readonly [outside: string, inside: string | undefined]>> = {
  s: [String.raw`\p{White_Space}`, String.raw`\p{White_Space}`],
  S: [String.raw`\P{White_Space}`, String.raw`\P{White_Space}`],
  d: [String.raw`\p{Nd}`, String.raw`\p{Nd}`],
  D: [String.raw`\P{Nd}`, String.raw`\P{Nd}`],
  w: [`[${WORD}]`, WORD_IN_CLASS],
  W: [`[^${WORD}]`, undefined],
  h: ['[0-9a-fA-F]', '0-9a-fA-F'],
  H: ['[^0-9a-fA-F]', undefined],
  n: ['\\n', '\\n'],
  r: ['\\r', '\\r'],
  t: ['\\t', '\\t'],
  f: ['\\f', '\\f'],
  v: ['\\v', '\\v'],
  a: ['\\x07', '\\x07'],
  e: ['\\x1b', '\\x1b'],
  b: [`(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`, undefined],
  B: [`(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`, undefined],
  A: [String.raw`(?<![\s\S])`, undefined],
  z: [String.raw`(?![\s\S])`, undefined],
  Z: [String.raw`(?=\n?(?![\s\S]))`, undefined],
};

/** `^` and `$` stand at the lines of a text, and `^` not behind a last line end. */
const LINE_START = String.raw`(?<![^\n])(?:(?=[\s\S])|(?<![\s\S]))`;
const LINE_END = String.raw`(?![^\n])`;

const SYNTAX = /[\\^$.*+?()[\]{}|/]/;
const GROUP_OPENINGS = ['(?:', '(?=', '(?!', '(?<=', '(?<!'];
const QUANTIFIER = /^(?:[*+?]|\{(?:\d+(?:,\d*)?|,\d+)\})/;
const PROPERTY = /^\\[pP]\{(\^?)([A-Za-z_]+)\}/;
const CODE_POINT = /^\\(?:x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4}))/;

/** Repetitions of so many times and more make expressions that take too much memory. */
const MOST_REPEATS = 1000;
const LONGEST_PATTERN = 10_000;

/** A group that is open, and what a repetition of it could not bear. */
interface OpenGroup {
  isVariable: boolean;
}

/**
 * A JavaScript expression (flags `g` and `u`) that matches what a pattern of Oniguruma does, the library that Hugging Face's
 * `tokenizers` reads patterns with.
 *
 * @param key names the place of the pattern in error messages.
 * @throws {TokenizerError} for a pattern that JavaScript has no equal of, or that could take exponential time.
 */
export function onigurumaPattern(source: string, file: string, key: string): RegExp {
  const fail = (problem: string, cause?: unknown): TokenizerError =>
    new TokenizerError(
      `${file} cannot be used, since the pattern ${JSON.stringify(source.slice(0, 100))} at ${key} ${problem}; replace it by a simpler one.`,
      { path: file, expected: 'a pattern that JavaScript can express', received: source, cause },
    );
  if (source.length > LONGEST_PATTERN) throw fail(`is longer than ${LONGEST_PATTERN} characters`);
  const translated = new Translation(source, fail).run();
  try {
    return new RegExp(translated, 'gu');
  } catch (cause) {
    throw fail('is not one that JavaScript can express', cause);
  }
}

/** Goes through a pattern from left to right and writes it anew. */
class Translation {
  readonly #source: string;
  readonly #fail: (problem: string) => TokenizerError;
  readonly #groups: OpenGroup[] = [{ isVariable: false }];
  #position = 0;
  /** Whether the last thing read was a group whose length or content varies; undefined when nothing can be repeated. */
  #last: { isVariable: boolean } | undefined;

  constructor(source: string, fail: (problem: string) => TokenizerError) {
    this.#source = source;
    this.#fail = fail;
  }

  run(): string {
    let translated = '';
    while (this.#position < this.#source.length) translated += this.#next();
    if (this.#groups.length > 1) throw this.#fail('has a group that is not closed');
    return translated;
  }

  #next(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#position)!);
    switch (character) {
      case '(':
        return this.#openGroup();
      case ')':
        return this.#closeGroup();
      case '|':
        this.#groups.at(-1)!.isVariable = true;
        return this.#take(1, '|', false);
      case '^':
        return this.#take(1, LINE_START, false);
      case '$':
        return this.#take(1, LINE_END, false);
      case '.':
        return this.#take(1, '[^\\n]');
      case '[':
        return this.#characterClass();
      case '\\':
        return this.#escape();
      default:
        return this.#quantifier() ?? this.#take(character.length, escaped(character));
    }
  }

  /** Moves on; what was read can be repeated unless it is said not to be. */
  #take(length: number, translated: string, isRepeatable = true): string {
    this.#position += length;
    this.#last = isRepeatable ? { isVariable: false } : undefined;
    return translated;
  }

  #rest(): string {
    return this.#source.slice(this.#position, this.#position + 64);
  }

  #openGroup(): string {
    const rest = this.#rest();
    const named = /^\(\?<[A-Za-z_]\w*>/.exec(rest)?.[0];
    const opening = GROUP_OPENINGS.find((text) => rest.startsWith(text));
    if (opening === undefined && named === undefined && rest.startsWith('(?')) {
      throw this.#fail(`has ${JSON.stringify(rest.slice(0, 3))}, which JavaScript has no equal of`);
    }
    this.#groups.push({ isVariable: false });
    return this.#take((named ?? opening ?? '(').length, opening ?? '(?:', false);
  }

  #closeGroup(): string {
    const group = this.#groups.pop()!;
    if (this.#groups.length === 0) throw this.#fail('closes a group that is not open');
    if (group.isVariable) this.#groups.at(-1)!.isVariable = true;
    this.#take(1, '');
    this.#last = group;
    return ')';
  }

  #quantifier(): string | undefined {
    const found = QUANTIFIER.exec(this.#rest())?.[0];
    if (found === undefined) return undefined;
    const repeated = this.#last;
    if (repeated === undefined) throw this.#fail(`has ${found} behind nothing that can be repeated`);
    const isInterval = found.startsWith('{');
    const [least, most] = isInterval ? interval(found) : [0, found === '?' ? 1 : Number.POSITIVE_INFINITY];
    if (least > MOST_REPEATS || (Number.isFinite(most) && most > MOST_REPEATS)) {
      throw this.#fail(`repeats something more than ${MOST_REPEATS} times`);
    }
    if (repeated.isVariable && most > 1)
      throw this.#fail('repeats what varies itself, which can take exponential time');
    if (least !== most || isInterval) this.#groups.at(-1)!.isVariable = true;
    this.#take(found.length, '', false);
    const suffix = this.#source[this.#position] ?? '';
    const isLazy = suffix === '?' && !isInterval;
    if (!isLazy && (suffix === '+' || suffix === '?' || suffix === '*')) {
      throw this.#fail(`has ${found}${suffix}, which JavaScript has no equal of`);
    }
    if (isLazy) this.#position++;
    return (found.startsWith('{,') ? `{0${found.slice(1)}` : found) + (isLazy ? '?' : '');
  }

  #escape(): string {
    const { length, text } = this.#readEscape(false);
    const letter = this.#source[this.#position + 1]!;
    return this.#take(length, text, !'AzZbB'.includes(letter));
  }

  #readEscape(isInClass: boolean): { length: number; text: string } {
    const rest = this.#rest();
    const letter = String.fromCodePoint(rest.codePointAt(1) ?? 0);
    const property = PROPERTY.exec(rest);
    if (property !== null) {
      const isNegative = (rest[1] === 'P') !== (property[1] === '^');
      return { length: property[0].length, text: this.#property(property[2]!, isNegative) };
    }
    const hexadecimal = CODE_POINT.exec(rest);
    if (hexadecimal !== null) {
      const digits = hexadecimal[1] ?? hexadecimal[2] ?? hexadecimal[3]!;
      return { length: hexadecimal[0].length, text: `\\u{${digits}}` };
    }
    const known = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter]![isInClass ? 1 : 0] : undefined;
    if (known !== undefined) return { length: 2, text: known };
    if (rest.length < 2 || /[A-Za-z0-9]/.test(letter)) {
      throw this.#fail(`has \\${rest.length < 2 ? '' : letter}, which JavaScript has no equal of`);
    }
    return { length: 1 + letter.length, text: isInClass && letter === '-' ? '\\-' : escaped(letter) };
  }

  #property(name: string, isNegative: boolean): string {
    const candidates = name.toLowerCase() === 'punct' ? [] : [name, `Script=${name}`];
    const known = candidates.find((candidate) => isProperty(candidate));
    if (known === undefined) throw this.#fail(`has \\p{${name}}, which JavaScript has no equal of`);
    return `\\${isNegative ? 'P' : 'p'}{${known}}`;
  }

  #characterClass(): string {
    const isNegative = this.#source[this.#position + 1] === '^';
    let translated = isNegative ? '[^' : '[';
    this.#position += translated.length;
    if (this.#source[this.#position] === ']') throw this.#fail('has an empty class');
    while (this.#source[this.#position] !== ']') {
      const rest = this.#rest();
      if (rest === '') throw this.#fail('has a class that is not closed');
      if (rest.startsWith('[') || rest.startsWith('&&')) {
        throw this.#fail(`has ${JSON.stringify(rest.slice(0, 2))} in a class, which JavaScript has no equal of`);
      }
      const isRange = rest.startsWith('-') && !/\[\^?$/.test(translated) && rest[1] !== ']';
      if (rest.startsWith('\\')) {
        const { length, text } = this.#readEscape(true);
        translated += text;
        this.#position += length;
      } else {
        const character = String.fromCodePoint(rest.codePointAt(0)!);
        translated += !isRange && character === '-' ? '\\-' : escaped(character);
        this.#position += character.length;
      }
    }
    return this.#take(1, `${translated}]`);
  }
}

function interval(quantifier: string): [least: number, most: number] {
  const [least = '', most] = quantifier.slice(1, -1).split(',');
  return [Number(least), most === undefined ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most)];
}

function escaped(character: string): string {
  return SYNTAX.test(character) ? `\\${character}` : character;
}

function isProperty(name: string): boolean {
  try {
    new RegExp(`\\p{${name}}`, 'u');
    return true;
  } catch {
    return false;
  }
}
