import { InputError } from '../../errors';
import { type DataSource, readSource } from './data_source';

/** Most bytes of a character that a chunk can break off. */
const LONGEST_TAIL = 3;

/**
 * The text of a data source, piece by piece, without a byte order mark.
 *
 * Bytes that are no UTF-8 become U+FFFD, and {@link refuseInvalid} tells the lines they are on, so that a reader can
 * refuse the rows there and keep the others.
 */
export class TextPieces implements AsyncIterable<string> {
  readonly #pieces: AsyncGenerator<string>;
  #peeked: string | undefined;
  #line = 1;
  /** Lines with bytes that are no UTF-8, in order. */
  readonly #invalid: number[] = [];

  constructor(
    source: DataSource,
    readonly name: string,
  ) {
    this.#pieces = this.#decoded(source);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    if (this.#peeked !== undefined) yield this.#peeked;
    yield* this.#pieces;
  }

  /**
   * The beginning of the text; to be asked before reading.
   *
   * @param isEnough says whether more is needed, where there is more.
   */
  async peek(isEnough: (beginning: string) => boolean): Promise<string> {
    this.#peeked ??= '';
    while (!isEnough(this.#peeked)) {
      const { value, done } = await this.#pieces.next();
      if (done) break;
      this.#peeked += value;
    }
    return this.#peeked;
  }

  /**
   * The error that some lines deserve for bytes that are no UTF-8; lines must be asked for in order.
   *
   * @param first counted from 1.
   * @param last the same line by default.
   */
  refuseInvalid(first: number, last = first): InputError | undefined {
    while (this.#invalid.length > 0 && this.#invalid[0]! < first) this.#invalid.shift();
    const line = this.#invalid[0];
    if (line === undefined || line > last) return undefined;
    return new InputError(
      `Line ${line} of ${this.name} must be UTF-8 and is not; save the file as UTF-8 or leave that line out.`,
      { path: this.name, expected: 'UTF-8', received: `line ${line}` },
    );
  }

  async *#decoded(source: DataSource): AsyncGenerator<string> {
    let isFirst = true;
    for await (const piece of this.#decodedChunks(source)) {
      const text = isFirst && piece.startsWith('\ufeff') ? piece.slice(1) : piece;
      if (piece !== '') isFirst = false;
      if (text !== '') yield text;
    }
  }

  async *#decodedChunks(source: DataSource): AsyncGenerator<string> {
    let tail = new Uint8Array(0);
    for await (const chunk of readSource(source, this.name)) {
      if (typeof chunk === 'string') {
        yield chunk;
        continue;
      }
      const bytes = tail.length === 0 ? chunk : concatenated(tail, chunk);
      const end = bytes.length - brokenTail(bytes);
      tail = bytes.slice(end);
      yield this.#decode(bytes.subarray(0, end));
    }
    yield this.#decode(tail);
  }

  #decode(bytes: Uint8Array): string {
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      this.#line += countLineEnds(text);
      return text;
    } catch {
      return this.#decodeByLines(bytes);
    }
  }

  #decodeByLines(bytes: Uint8Array): string {
    const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
    let text = '';
    for (let start = 0; start < bytes.length; ) {
      const lineEnd = bytes.indexOf(0x0a, start);
      const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
      const line = bytes.subarray(start, end);
      const decoded = lenient.decode(line);
      text += decoded;
      if (decoded.includes('\ufffd') && !isUtf8(line) && this.#invalid.at(-1) !== this.#line) {
        this.#invalid.push(this.#line);
      }
      if (lineEnd >= 0) this.#line++;
      start = end;
    }
    return text;
  }
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** Number of bytes at the end that begin a character without ending it. */
function brokenTail(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(LONGEST_TAIL, bytes.length); length++) {
    const byte = bytes[bytes.length - length]!;
    // 10xxxxxx goes on; 110xxxxx, 1110xxxx and 11110xxx begin a character of two, three and four bytes.
    if (byte >= 0x80 && byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > length ? length : 0;
  }
  return 0;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function countLineEnds(text: string): number {
  let count = 0;
  for (let place = text.indexOf('\n'); place >= 0; place = text.indexOf('\n', place + 1)) count++;
  return count;
}
