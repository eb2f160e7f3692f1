import { type JsEncoding, Tokenizer as RustTokenizer } from 'tokenizers';
import { serveTokenizer } from './serve_tokenizer';
import type { Tokenizer } from './tokenizer';

/** The package tokenizers, Hugging Face's library in Rust. */
const idsOf = (encoding: JsEncoding) => encoding.getIds();
const idsAndOffsetsOf = (encoding: JsEncoding) => [encoding.getIds(), encoding.getOffsets()];

function open(path: string): Tokenizer {
  const tokenizer = RustTokenizer.fromFile(path);
  const encode = (text: string) => tokenizer.encode(text);
  const encodeBatch = (texts: string[]) => tokenizer.encodeBatch(texts);
  return {
    line: {
      ids: async (text) => idsOf(await encode(text)),
      offsets: async (text) => idsAndOffsetsOf(await encode(text)),
    },
    list: {
      ids: async (texts) => (await encodeBatch(texts)).map(idsOf),
      offsets: async (texts) => (await encodeBatch(texts)).map(idsAndOffsetsOf),
    },
  };
}

void serveTokenizer(open);
