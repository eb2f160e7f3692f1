import { nodeBuiltin } from '../../files/node_builtins';
import { logger } from '../../logger';
import { DebertaV2Tokenizer } from '../deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../deberta_v2_tokenizer_fast';
import type { PreTrainedTokenizer } from '../pretrained_tokenizer';
import { buffersOf, packBatch } from './packed_batch';
import {
  type EncodeRequest,
  type EncodeResponse,
  type SentLog,
  type TokenizerRecipe,
  toSentError,
} from './worker_messages';

/** The thread that `encodeBatch` starts: makes its tokenizer once, then encodes one batch after the other. */
const { parentPort, workerData } = nodeBuiltin('node:worker_threads');
const tokenizer = makeTokenizer(workerData as TokenizerRecipe);
let logs: SentLog[] = [];
for (const level of ['warn', 'error'] as const) {
  logger[level] = (...message: unknown[]) => void logs.push({ level, message: message.join(' ') });
}
parentPort?.on('message', (request: EncodeRequest) => void answer(request));

async function answer(request: EncodeRequest): Promise<void> {
  const response = await encode(request);
  logs = [];
  parentPort?.postMessage(response, buffersOf(response.columns));
}

async function encode({ number, texts, textPair, options }: EncodeRequest): Promise<EncodeResponse> {
  try {
    const pair = textPair === undefined ? {} : { textPair };
    const columns = packBatch({ ...(await tokenizer).call(texts, { ...options, ...pair }) });
    return { number, columns, error: undefined, logs };
  } catch (error) {
    return { number, columns: [], error: toSentError(error), logs };
  }
}

async function makeTokenizer(recipe: TokenizerRecipe): Promise<PreTrainedTokenizer> {
  const { kind, options } = recipe;
  if (kind === 'slow') return DebertaV2Tokenizer.fromModel(recipe.bytes, { ...options, engine: recipe.engine });
  if (kind === 'fast model') return DebertaV2TokenizerFast.fromModel(recipe.bytes, options);
  return DebertaV2TokenizerFast.fromJson(recipe.content, options);
}
