import type { ProblemType } from '../../config/config_schema';
import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { paddingCollator } from '../../data/collators/padding_collator';
import { TextFeatureBuilder } from '../../data/features/text_feature_builder';
import type { Row } from '../../data/readers/row';
import type { TFDebertaV2ForSequenceClassification } from '../../models/sequence_classification';
import { evaluateTextClassification } from '../../training/evaluation/evaluate_text_classification';
import { withoutUndefined } from '../../without_undefined';
import type { CliIo } from '../cli_io';
import { columnOf, readParts, readRows } from './example_parts';
import { inputLength } from './input_length';
import { chooseLabelNames, countLabels, namedLabels } from './label_names';
import type { ModelPlan } from './model_plan';
import { prepareTask } from './prepare_task';
import { isZerosAndOnes, textRules } from './text_labels';
import type { TrainFlags } from './train_flags';
import type { TrainingTask } from './training_task';

/** Reads texts, or pairs of texts, to classify or to rate. */
export async function readTextTask(flags: TrainFlags, plan: ModelPlan, io: CliIo): Promise<TrainingTask> {
  const { textColumn: text, textPairColumn: textPair, maxLength } = flags;
  const problemType = flags.problemType ?? problemTypeOf(plan) ?? 'single_label_classification';
  const rows = await readRows(flags.train, flags);
  const label = columnOf(rows, flags.labelColumn, ['label', 'labels', 'class']);
  const names = await labelNames(problemType, rows, label, flags, plan);
  const rules = textRules(problemType, { columns: withoutUndefined({ text, textPair }), label, names });
  const parts = await readParts(rows, flags, rules);
  const trainLabels = parts.train.map((example) => example.label);
  const labels = problemType === 'regression' ? { numLabels: [trainLabels[0]].flat().length } : namedLabels(names);
  const config = plan.config.with({ ...labels, problemType });
  const isSingle = problemType === 'single_label_classification';
  return {
    metrics: problemType,
    config,
    ...(isSingle && { classCounts: countLabels(trainLabels, names.length) }),
    prepare(tokenizer) {
      const builder = new TextFeatureBuilder({
        tokenizer,
        maxLength: inputLength(maxLength, 512, config, tokenizer),
        problemType,
        onBadRow: flags.skipBadRows ? 'skip' : 'fail',
        ...(problemType !== 'regression' && { labelNames: names }),
      });
      return prepareTask(
        parts,
        {
          featuresOf: (examples) => ({ features: builder.stream(examples), report: () => builder.report }),
          collator: paddingCollator({ tokenizer }),
          evaluate: (model, features, options) =>
            evaluateTextClassification(model as TFDebertaV2ForSequenceClassification, features, options),
        },
        flags,
        io,
      );
    },
  };
}

/** What a trained head is for. */
function problemTypeOf({ hasHead, config }: ModelPlan): ProblemType | undefined {
  if (!hasHead) return undefined;
  return config.problemType ?? (config.numLabels === 1 ? 'regression' : undefined);
}

async function labelNames(
  problemType: ProblemType,
  rows: readonly Row[],
  column: string,
  { labels }: TrainFlags,
  plan: ModelPlan,
): Promise<readonly string[]> {
  if (labels !== undefined || problemType === 'regression') return labels ?? [];
  const list = rows.map(({ values }) => values[column]).find(isZerosAndOnes);
  return problemType === 'multi_label_classification' && list !== undefined
    ? namesOf(list.length, plan.config)
    : chooseLabelNames(rows, column, plan);
}

/** Names for lists of a 0 or 1: those that the configuration has, if they are as many. */
function namesOf(count: number, { id2label, numLabels }: DebertaV2Config): string[] {
  return Array.from({ length: count }, (_, label) => (count === numLabels ? id2label[label]! : `LABEL_${label}`));
}
