import { readFile } from 'node:fs/promises';
import { type Opener, serveTokenizer } from './serve_tokenizer';

/** The package @huggingface/tokenizers, which is JavaScript; it has no offsets and takes no lists. */
async function load(): Promise<Opener> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  return async (path) => {
    const tokenizer = new Tokenizer(JSON.parse(await readFile(path, 'utf8')), {});
    return { line: { ids: (text) => tokenizer.encode(text).ids }, list: {} };
  };
}

void load().then(serveTokenizer);
