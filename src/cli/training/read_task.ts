import type { CliIo } from '../cli_io';
import { readChoiceTask } from './choice_task';
import { readLanguageTask } from './language_task';
import type { ModelPlan, TrainedArchitecture } from './model_plan';
import { readQuestionTask } from './question_task';
import { readTextTask } from './text_task';
import { readTokenTask } from './token_task';
import type { TrainFlags } from './train_flags';
import type { TrainingTask } from './training_task';

type ReadTask = (flags: TrainFlags, plan: ModelPlan, io: CliIo) => Promise<TrainingTask>;

/** How the user's examples are read, by the model to be trained. */
export const READ_TASK: Readonly<Record<TrainedArchitecture, ReadTask>> = {
  TFDebertaV2ForSequenceClassification: readTextTask,
  TFDebertaV2ForTokenClassification: readTokenTask,
  TFDebertaV2ForQuestionAnswering: readQuestionTask,
  TFDebertaV2ForMaskedLM: readLanguageTask,
  TFDebertaV2ForMultipleChoice: readChoiceTask,
};
