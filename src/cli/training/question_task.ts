import { questionCollator } from '../../data/collators/question_collator';
import { type QuestionExample, toQuestionExample } from '../../data/examples/question_example';
import { QuestionFeatureBuilder } from '../../data/features/question_feature_builder';
import type { TFDebertaV2ForQuestionAnswering } from '../../models/question_answering';
import { evaluateQuestionAnswering } from '../../training/evaluation/evaluate_question_answering';
import { withoutUndefined } from '../../without_undefined';
import type { CliIo } from '../cli_io';
import { readParts, readRows } from './example_parts';
import { inputLength } from './input_length';
import type { ModelPlan } from './model_plan';
import { prepareTask } from './prepare_task';
import type { TrainFlags } from './train_flags';
import type { TrainingTask } from './training_task';

/** Tokens that windows share, unless these are short. */
const STRIDE = 128;

/** Reads questions about contexts, which hold the answers or none. */
export async function readQuestionTask(flags: TrainFlags, plan: ModelPlan, io: CliIo): Promise<TrainingTask> {
  const { idColumn: id, questionColumn: question, contextColumn: context, answersColumn: answers } = flags;
  const columns = withoutUndefined({ id, question, context, answers });
  const rows = await readRows(flags.train, flags);
  const parts = await readParts<QuestionExample>(rows, flags, { toExample: (row) => toQuestionExample(row, columns) });
  const config = plan.config.numLabels === 2 ? plan.config : plan.config.with({ numLabels: 2 });
  return {
    metrics: 'question_answering',
    config,
    prepare(tokenizer) {
      const maxLength = inputLength(flags.maxLength, 384, config, tokenizer);
      const stride = flags.stride ?? Math.min(STRIDE, Math.floor(maxLength / 3));
      const builderOf = (labelAnswers: boolean) =>
        new QuestionFeatureBuilder({
          tokenizer,
          maxLength,
          stride,
          labelAnswers,
          onBadRow: flags.skipBadRows ? 'skip' : 'fail',
        });
      return prepareTask(
        parts,
        {
          featuresOf: (examples, part) => {
            const builder = builderOf(part === 'train');
            return { features: builder.stream(examples), report: () => builder.report };
          },
          // Each length has a graph of its own, which a step cannot pad: the loss looks at padding.
          collator: questionCollator({ tokenizer, padToMultipleOf: 32 }),
          evaluate: (model, features, options) =>
            evaluateQuestionAnswering(model as TFDebertaV2ForQuestionAnswering, features, {
              ...options,
              examples: parts.held,
            }),
        },
        flags,
        io,
      );
    },
  };
}
