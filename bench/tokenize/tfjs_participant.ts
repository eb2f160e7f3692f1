import { DebertaV2TokenizerFast, type DebertaV2TokenizerFastOptions } from '../../src/index';
import { serveTokenizer } from './serve_tokenizer';
import type { Tokenizer } from './tokenizer';

/** This package. Usage: tfjs_participant.ts ALGORITHM */
const algorithm = process.argv[2] as NonNullable<DebertaV2TokenizerFastOptions['algorithm']>;

const IDS = { returnAttentionMask: false, returnTokenTypeIds: false };
const IDS_AND_OFFSETS = { ...IDS, returnOffsetsMapping: true };

async function open(path: string): Promise<Tokenizer> {
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(path, { algorithm });
  return {
    line: {
      ids: (text) => tokenizer.encode(text),
      offsets: (text) => tokenizer.call(text, IDS_AND_OFFSETS),
    },
    list: {
      ids: (texts) => tokenizer.call(texts, IDS),
      offsets: (texts) => tokenizer.call(texts, IDS_AND_OFFSETS),
    },
  };
}

void serveTokenizer(open);
