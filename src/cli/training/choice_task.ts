import { choiceCollator } from '../../data/collators/choice_collator';
import { type ChoiceExample, toChoiceExample } from '../../data/examples/choice_example';
import { ChoiceFeatureBuilder } from '../../data/features/choice_feature_builder';
import type { TFDebertaV2ForMultipleChoice } from '../../models/multiple_choice';
import { evaluateMultipleChoice } from '../../training/evaluation/evaluate_multiple_choice';
import { withoutUndefined } from '../../without_undefined';
import type { CliIo } from '../cli_io';
import { columnOf, readParts, readRows } from './example_parts';
import { inputLength } from './input_length';
import type { ModelPlan } from './model_plan';
import { prepareTask } from './prepare_task';
import type { TrainFlags } from './train_flags';
import type { TrainingTask } from './training_task';

/** Reads questions with choices. */
export async function readChoiceTask(flags: TrainFlags, plan: ModelPlan, io: CliIo): Promise<TrainingTask> {
  const { contextColumn: context, questionColumn: question, choicesColumns } = flags;
  const rows = await readRows(flags.train, flags);
  const label = columnOf(rows, flags.labelColumn, ['label', 'labels', 'answer']);
  const choices = choicesColumns?.length === 1 ? choicesColumns[0] : choicesColumns;
  const columns = { label, ...withoutUndefined({ context, question, choices }) };
  const parts = await readParts<ChoiceExample>(rows, flags, { toExample: (row) => toChoiceExample(row, columns) });
  return {
    metrics: 'multiple_choice',
    config: plan.config,
    prepare(tokenizer) {
      const builder = new ChoiceFeatureBuilder({
        tokenizer,
        maxLength: inputLength(flags.maxLength, 512, plan.config, tokenizer),
        onBadRow: flags.skipBadRows ? 'skip' : 'fail',
      });
      return prepareTask(
        parts,
        {
          featuresOf: (examples) => ({ features: builder.stream(examples), report: () => builder.report }),
          collator: choiceCollator({ tokenizer }),
          evaluate: (model, features, options) =>
            evaluateMultipleChoice(model as TFDebertaV2ForMultipleChoice, features, options),
        },
        flags,
        io,
      );
    },
  };
}
