import { tokenCollator } from '../../data/collators/token_collator';
import { type TokensExample, toTokensExample } from '../../data/examples/tokens_example';
import { type TokenFeature, TokenFeatureBuilder } from '../../data/features/token_feature_builder';
import { InputError } from '../../errors';
import { logger } from '../../logger';
import type { TFDebertaV2ForTokenClassification } from '../../models/token_classification';
import { IGNORED_LABEL } from '../../ops/ignored_label';
import { evaluateTokenClassification } from '../../training/evaluation/evaluate_token_classification';
import { withoutUndefined } from '../../without_undefined';
import type { CliIo } from '../cli_io';
import { columnOf, readParts, readRows } from './example_parts';
import { inputLength } from './input_length';
import { chooseLabelNames, countLabels, namedLabels } from './label_names';
import type { ModelPlan } from './model_plan';
import { prepareTask } from './prepare_task';
import type { TrainFlags } from './train_flags';
import type { TrainingTask } from './training_task';

/** Reads sentences whose words have tags. */
export async function readTokenTask(flags: TrainFlags, plan: ModelPlan, io: CliIo): Promise<TrainingTask> {
  const rows = await readRows(flags.train, flags);
  const tags = columnOf(rows, flags.tagsColumn, ['tags', 'ner_tags', 'pos_tags', 'labels']);
  const labelNames = flags.labels ?? (await chooseLabelNames(rows, tags, plan));
  const columns = { tags, labelNames, ...withoutUndefined({ tokens: flags.tokensColumn }) };
  const parts = await readParts(rows, flags, { toExample: (row) => toTokensExample(row, columns) });
  const config = plan.config.with(namedLabels(labelNames));
  return {
    metrics: 'token_classification',
    config,
    classCounts: countLabels(
      parts.train.flatMap((example) => example.tags),
      labelNames.length,
    ),
    prepare(tokenizer) {
      const builder = new TokenFeatureBuilder({
        tokenizer,
        maxLength: inputLength(flags.maxLength, 512, config, tokenizer),
        labelNames,
        labelAllTokens: flags.labelAllTokens ?? false,
        onBadRow: flags.skipBadRows ? 'skip' : 'fail',
      });
      return prepareTask(
        parts,
        {
          featuresOf: (examples, part) => ({
            features: labelledFeatures(builder, examples, part === 'held' ? 'held out' : 'to learn from'),
            report: () => builder.report,
          }),
          collator: tokenCollator({ tokenizer }),
          evaluate: (model, features, options) =>
            evaluateTokenClassification(model as TFDebertaV2ForTokenClassification, features, options),
        },
        flags,
        io,
      );
    },
  };
}

/**
 * The features of examples; at their end a warning if words are not among them.
 *
 * @throws {InputError} when no word is.
 */
async function* labelledFeatures(
  builder: TokenFeatureBuilder,
  examples: readonly TokensExample[],
  which: string,
): AsyncGenerator<TokenFeature> {
  let hasLabel = false;
  for await (const feature of builder.stream(examples)) {
    hasLabel ||= feature.labels.some((label) => label !== IGNORED_LABEL);
    yield feature;
  }
  const { wordsCutOff, wordsWithoutToken } = builder.report;
  if (wordsCutOff > 0) logger.warn(`Of the words ${which}, ${wordsCutOff} are beyond --max-length and do not count.`);
  if (wordsWithoutToken > 0) {
    logger.warn(`Of the words ${which}, ${wordsWithoutToken} have no token in the vocabulary and do not count.`);
  }
  if (hasLabel) return;
  throw new InputError(
    `The words ${which} must have a labelled token, and none has; look at the data, and whether this is the tokenizer for them.`,
    { path: 'labels' },
  );
}
