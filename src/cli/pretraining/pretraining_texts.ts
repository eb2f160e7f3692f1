import type { DebertaV2Config } from '../../config/deberta_v2_config';
import type { BatchStream } from '../../data/batch_stream';
import type { Collator } from '../../data/collator';
import { type PlainText, toPlainText } from '../../data/examples/plain_text';
import type { EncodedText } from '../../data/features/encoded_text';
import { MaskedLMFeatureBuilder } from '../../data/features/masked_lm_feature_builder';
import { tokenBlocks } from '../../data/features/token_blocks';
import { prefetch } from '../../data/prefetch';
import { readExamples } from '../../data/readers/read_examples';
import { streamedBatches } from '../../data/streamed_batches';
import { InputError } from '../../errors';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';
import { withoutUndefined } from '../../without_undefined';
import { inputLength } from '../training/input_length';
import type { PretrainFlags } from './pretrain_flags';

/** Texts of the user, packed to inputs of one length. */
export interface PretrainingTexts {
  /** Tokens of an input. */
  readonly length: number;
  /** Batches to learn from, read on the way. */
  batches(collator: Collator<EncodedText>): BatchStream;
  /** Inputs held out; none where no file is given. */
  readonly heldOut: readonly EncodedText[];
}

/**
 * Prepares the texts; only those held out are read.
 *
 * @throws {InputError} when a file held out cannot be read or is too short.
 */
export async function readPretrainingTexts(
  flags: PretrainFlags,
  config: DebertaV2Config,
  tokenizer: DebertaV2TokenizerFast,
): Promise<PretrainingTexts> {
  const { train, eval: held, batchSize, seed, shuffleBuffer } = flags;
  const length = inputLength(flags.maxLength, 512, config, tokenizer);
  const builder = () => new MaskedLMFeatureBuilder({ tokenizer, maxLength: null, addSpecialTokens: false });
  const packed = (texts: AsyncIterable<PlainText>) =>
    tokenBlocks(builder().stream(texts), { blockSize: length, around: tokenizer });
  return {
    length,
    batches(collator) {
      const options = { batchSize, seed, bufferSize: shuffleBuffer };
      return prefetch(streamedBatches(textsOf(train, flags), packed, collator, options));
    },
    heldOut: held === undefined ? [] : await heldOut(held, packed(textsOf([held], flags))),
  };
}

/** The texts of files, one after the other, anew each time. */
function textsOf(
  files: readonly string[],
  { dataFormat: format, paragraphs: hasParagraphs, skipBadRows }: PretrainFlags,
): AsyncIterable<PlainText> {
  const options = { onBadRow: skipBadRows ? 'skip' : 'fail', ...withoutUndefined({ format, hasParagraphs }) } as const;
  return {
    async *[Symbol.asyncIterator]() {
      for (const file of files) yield* readExamples(file, options).map((row) => toPlainText(row));
    },
  };
}

async function heldOut(file: string, blocks: AsyncIterable<EncodedText>): Promise<EncodedText[]> {
  const list: EncodedText[] = [];
  for await (const block of blocks) list.push(block);
  if (list.length > 0) return list;
  throw new InputError(`${file} must hold a text with tokens to measure by and holds none; name another.`, {
    path: file,
  });
}
