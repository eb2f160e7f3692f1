import { readFile } from 'node:fs/promises';
import { answerRequests } from '../answer_requests';
import { endlessLines } from './endless_lines';
import type { Ids, Memory, Opened, Request, Timed } from './protocol';
import { type Slice, sliceText } from './slices';
import { abilitiesOf, type Form, type Output, type Tokenizer } from './tokenizer';

/** Makes a tokenizer from the file of a vocabulary. */
export type Opener = (path: string) => Tokenizer | Promise<Tokenizer>;

/** Lines that are handed over in one call as a list. */
const LIST_LENGTH = 100;

/** Answers requests on standard input until it ends. */
export async function serveTokenizer(open: Opener): Promise<void> {
  const server = new TokenizerServer(open);
  await answerRequests<Request>((request) => server.answer(request));
}

class TokenizerServer {
  readonly #open: Opener;
  #tokenizer!: Tokenizer;
  #slices: readonly Slice[] = [];
  #endless!: Generator<string, never>;
  #streamedBytes = 0;

  constructor(open: Opener) {
    this.#open = open;
  }

  async answer(request: Request): Promise<Opened | Ids | Timed | Memory | Record<string, never>> {
    switch (request.do) {
      case 'open':
        return this.#load(request.path);
      case 'prepare':
        return this.#prepare(request.path, request.bytesOfSlice);
      case 'ids':
        return { ids: await this.#idsOf(this.#slices[request.slice]!.lines) };
      case 'encode':
        return this.#time(this.#slices[request.slice]!, request.form, request.output);
      case 'stream':
        return this.#stream(request.bytes);
    }
  }

  async #load(path: string): Promise<Opened> {
    const start = performance.now();
    this.#tokenizer = await this.#open(path);
    await this.#tokenizer.line.ids('word');
    return { milliseconds: performance.now() - start, abilities: abilitiesOf(this.#tokenizer) };
  }

  async #prepare(path: string, bytesOfSlice: number): Promise<Record<string, never>> {
    const lines = (await readFile(path, 'utf8')).split('\n');
    this.#slices = sliceText(lines, bytesOfSlice);
    this.#endless = endlessLines(lines);
    return {};
  }

  async #idsOf(lines: readonly string[]): Promise<(readonly number[])[]> {
    const ids: (readonly number[])[] = [];
    for (const line of lines) ids.push(await this.#tokenizer.line.ids(line));
    return ids;
  }

  async #time({ lines, bytes }: Slice, form: Form, output: Output): Promise<Timed> {
    const lists = Array.from({ length: Math.ceil(lines.length / LIST_LENGTH) }, (_, index) =>
      lines.slice(index * LIST_LENGTH, (index + 1) * LIST_LENGTH),
    );
    const start = performance.now();
    if (form === 'line') await callEach(lines, this.#tokenizer.line[output]!);
    else await callEach(lists, this.#tokenizer.list[output]!);
    return { milliseconds: performance.now() - start, bytes };
  }

  async #stream(bytes: number): Promise<Memory> {
    while (this.#streamedBytes < bytes) {
      const line = this.#endless.next().value;
      await this.#tokenizer.line.ids(line);
      this.#streamedBytes += Buffer.byteLength(line);
    }
    return { residentBytes: process.memoryUsage().rss };
  }
}

async function callEach<T>(inputs: readonly T[], call: (input: T) => unknown): Promise<void> {
  for (const input of inputs) {
    const result = call(input);
    // Waiting for what is there already would cost time.
    if (result instanceof Promise) await result;
  }
}
