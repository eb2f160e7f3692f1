import { SentencePieceProcessor } from 'sentencepiece-js';
import { serveTokenizer } from './serve_tokenizer';
import type { Tokenizer } from './tokenizer';

/** The package sentencepiece-js, SentencePiece compiled to WebAssembly; it has no offsets and takes no lists. */
/** Ids of `[CLS]` and `[SEP]`, which the package leaves to its users. */
const [OPENING, CLOSING] = [1, 2];

interface Processor extends SentencePieceProcessor {
  encodeIds(text: string): number[];
}

async function open(path: string): Promise<Tokenizer> {
  const processor = new SentencePieceProcessor() as Processor;
  await processor.load(path);
  return { line: { ids: (text) => [OPENING, ...processor.encodeIds(text), CLOSING] }, list: {} };
}

void serveTokenizer(open);
