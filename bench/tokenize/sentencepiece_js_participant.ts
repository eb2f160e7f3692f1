import { SentencePieceProcessor } from 'sentencepiece-js';
import { serveTokenizer } from './serve_tokenizer';
import type { Tokenizer } from './tokenizer';

/** The package sentencepiece-js, SentencePiece compiled to WebAssembly; it has no offsets and takes no lists. */
interface Processor extends SentencePieceProcessor {
  encodeIds(text: string): number[];
}

async function open(path: string): Promise<Tokenizer> {
  const processor = new SentencePieceProcessor() as Processor;
  await processor.load(path);
  return { line: { ids: (text) => processor.encodeIds(text) }, list: {} };
}

void serveTokenizer(open);
