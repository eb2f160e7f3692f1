import { Option } from 'commander';
import { parseTask, TASK_NAMES } from './parse_task';

/** The model that a command makes of a checkpoint. */
export const TASK_OPTION = new Option(
  '--task <task>',
  `${TASK_NAMES}, or a model class (default: what config.json names, else what the weights show)`,
).argParser(parseTask);
