import type { Command } from 'commander';
import type { Architecture } from '../../config/architecture';
import { UsageError } from '../../errors';
import { parseList } from './parse_list';

/** Names of the columns that fields of an example are taken from. */
export interface ColumnFlags {
  readonly textColumn?: string;
  readonly textPairColumn?: string;
  readonly labelColumn?: string;
  readonly tokensColumn?: string;
  readonly tagsColumn?: string;
  readonly idColumn?: string;
  readonly questionColumn?: string;
  readonly contextColumn?: string;
  readonly answersColumn?: string;
  readonly choicesColumns?: readonly string[];
}

/** Which of them a task looks at. */
const COLUMNS: Readonly<Record<Architecture, readonly (keyof ColumnFlags)[]>> = {
  TFDebertaV2Model: [],
  TFDebertaV2ForMaskedLM: ['textColumn'],
  TFDebertaV2ForSequenceClassification: ['textColumn', 'textPairColumn', 'labelColumn'],
  TFDebertaV2ForTokenClassification: ['tokensColumn', 'tagsColumn'],
  TFDebertaV2ForQuestionAnswering: ['idColumn', 'questionColumn', 'contextColumn', 'answersColumn'],
  TFDebertaV2ForMultipleChoice: ['contextColumn', 'questionColumn', 'choicesColumns', 'labelColumn'],
  TFDebertaV2ForReplacedTokenDetection: [],
};

/** Adds the options to a command. */
export function addColumnFlags(command: Command): Command {
  return command
    .optionsGroup('Columns (by default the usual names, such as those of GLUE, CoNLL, SQuAD and SWAG):')
    .option('--text-column <name>', 'text, or first text of a pair')
    .option('--text-pair-column <name>', 'second text of a pair')
    .option('--label-column <name>', 'label, or index of the right choice')
    .option('--tokens-column <name>', 'list of words')
    .option('--tags-column <name>', 'list of a tag for each word')
    .option('--id-column <name>', 'id of a question')
    .option('--question-column <name>', 'question')
    .option('--context-column <name>', 'context of a question, or of choices')
    .option('--answers-column <name>', 'answers: texts and where each begins in the context')
    .option('--choices-columns <names>', 'list of choices, or a column for each: ending0,ending1', parseList);
}

/**
 * Refuses a column that the task has no use for: the name of another would be what was meant.
 *
 * @throws {UsageError} naming the option.
 */
export function requireOwnColumns(architecture: Architecture, flags: ColumnFlags): void {
  const known = new Set(Object.values(COLUMNS).flat());
  const stray = [...known].find((name) => flags[name] !== undefined && !COLUMNS[architecture].includes(name));
  if (stray === undefined) return;
  const option = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const own = COLUMNS[architecture].map(option).join(', ');
  throw new UsageError(`Option ${option(stray)} is not of this task, whose columns are ${own}; leave it out.`, {
    path: option(stray),
    expected: COLUMNS[architecture],
  });
}
