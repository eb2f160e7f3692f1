import { maskedLMCollator } from '../../data/collators/masked_lm_collator';
import { type PlainText, toPlainText } from '../../data/examples/plain_text';
import type { EncodedText } from '../../data/features/encoded_text';
import { MaskedLMFeatureBuilder } from '../../data/features/masked_lm_feature_builder';
import { tokenBlocks } from '../../data/features/token_blocks';
import type { TFDebertaV2ForMaskedLM } from '../../models/masked_lm';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';
import { evaluateMaskedLanguageModel } from '../../training/evaluation/evaluate_masked_language_model';
import { withoutUndefined } from '../../without_undefined';
import type { CliIo } from '../cli_io';
import { readParts, readRows } from './example_parts';
import { inputLength } from './input_length';
import type { ModelPlan } from './model_plan';
import { prepareTask } from './prepare_task';
import type { TrainFlags } from './train_flags';
import type { TrainingTask } from './training_task';

/** Reads texts to guess the tokens of. */
export async function readLanguageTask(flags: TrainFlags, plan: ModelPlan, io: CliIo): Promise<TrainingTask> {
  const columns = withoutUndefined({ text: flags.textColumn });
  const rows = await readRows(flags.train, flags);
  const parts = await readParts<PlainText>(rows, flags, { toExample: (row) => toPlainText(row, columns) });
  const { config } = plan;
  return {
    metrics: 'masked_lm',
    config,
    prepare(tokenizer) {
      const { mlmProbability, wholeWordMask: wholeWord = false, maxNgram } = flags;
      const maxLength = inputLength(flags.maxLength, 128, config, tokenizer);
      return prepareTask(
        parts,
        {
          featuresOf: (texts) => ({
            features: flags.lineByLine ? lines(texts, maxLength, tokenizer) : blocks(texts, maxLength, tokenizer),
          }),
          collator: maskedLMCollator({ tokenizer, mlmProbability, wholeWord, maxNgram }),
          evaluate: (model, features, options) =>
            evaluateMaskedLanguageModel(model as TFDebertaV2ForMaskedLM, features, options),
        },
        flags,
        io,
      );
    },
  };
}

function lines(
  texts: readonly PlainText[],
  maxLength: number,
  tokenizer: DebertaV2TokenizerFast,
): AsyncIterable<EncodedText> {
  return new MaskedLMFeatureBuilder({ tokenizer, maxLength }).stream(texts);
}

function blocks(
  texts: readonly PlainText[],
  blockSize: number,
  tokenizer: DebertaV2TokenizerFast,
): AsyncIterable<EncodedText> {
  const whole = new MaskedLMFeatureBuilder({ tokenizer, maxLength: null, addSpecialTokens: false });
  return tokenBlocks(whole.stream(texts), { blockSize, around: tokenizer });
}
