import { InvalidArgumentError } from 'commander';
import { ARCHITECTURES, type Architecture } from '../config/architecture';

/** Hugging Face's names of the tasks, and the model class of each. */
const TASKS: Readonly<Record<string, Architecture>> = {
  'feature-extraction': 'TFDebertaV2Model',
  'fill-mask': 'TFDebertaV2ForMaskedLM',
  'text-classification': 'TFDebertaV2ForSequenceClassification',
  'token-classification': 'TFDebertaV2ForTokenClassification',
  'question-answering': 'TFDebertaV2ForQuestionAnswering',
  'multiple-choice': 'TFDebertaV2ForMultipleChoice',
  'replaced-token-detection': 'TFDebertaV2ForReplacedTokenDetection',
};

/** Description of `--task`, without what it does where it is not given. */
export const TASK_NAMES = Object.keys(TASKS).join(', ');

/**
 * The model class of a task; the name of a class means itself.
 *
 * @throws {InvalidArgumentError} which commander reports with the option's name.
 */
export function parseTask(text: string): Architecture {
  const architecture = ARCHITECTURES.find((name) => name === text) ?? (Object.hasOwn(TASKS, text) && TASKS[text]);
  if (architecture) return architecture;
  throw new InvalidArgumentError(`A task is one of ${TASK_NAMES}, or the name of a model class.`);
}
