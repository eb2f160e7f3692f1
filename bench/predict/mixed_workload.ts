import { join } from 'node:path';
import { DebertaV2Tokenizer } from '../../src/index';
import { readTexts } from '../tokenize/texts';
import { padded, type Workload } from './workload';

const TOKENIZER = join(__dirname, '..', '..', 'examples', 'checkpoints', 'spam');
const [TEXTS, BATCH] = [32, 8];

/**
 * 32 texts of real lengths in batches of 8, each padded to its longest.
 *
 * The lengths are those of sentences of the State of the Union, taken at equal distances from the 63,559 of the npm
 * package, in tokens of the demo's vocabulary.
 */
export async function mixedWorkload(): Promise<Workload> {
  const sentences = await readTexts('English');
  const tokenizer = await DebertaV2Tokenizer.fromPretrained(TOKENIZER);
  const chosen = Array.from({ length: TEXTS }, (_, index) => sentences[placeOf(index, sentences.length)]!);
  const lengths = tokenizer.call(chosen).input_ids.map((ids) => ids.length);
  const batches = Array.from({ length: TEXTS / BATCH }, (_, batch) =>
    lengths.slice(batch * BATCH, (batch + 1) * BATCH),
  );
  return { name: 'mixed, 32 texts', batches: batches.map(padded) };
}

function placeOf(index: number, sentences: number): number {
  return Math.floor(((index + 0.5) * sentences) / TEXTS);
}
