import { formatNumber } from '../../training/logs/format_number';
import type { TrainResult } from '../../training/run_training';
import type { LogRecord } from '../../training/training_log';
import { formatCount } from '../format_count';
import { table } from '../table';
import type { ModelPlan } from './model_plan';
import type { TrainFlags } from './train_flags';

/** The evaluation of the weights that were saved; undefined where nothing was held out. */
export function savedEvaluation(
  { history, best, steps }: TrainResult,
  { restoreBest }: TrainFlags,
): LogRecord | undefined {
  const step = restoreBest && best !== undefined ? best.step : steps;
  return history.filter((record) => record.kind === 'eval' && record.step === step).at(-1);
}

/** The result of a run, for people. */
export function describeRun(flags: TrainFlags, { architecture }: ModelPlan, result: TrainResult): string {
  const { steps, epochs, stoppedBy } = result;
  const evaluation = savedEvaluation(result, flags);
  const rows = Object.entries(evaluation?.values ?? {}).map(([name, value]) => [name, formatNumber(value)]);
  const early = stoppedBy === 'early stopping' ? ', stopped early' : '';
  return [
    ...(evaluation === undefined ? [] : [table(rows, ['METRIC', `STEP ${formatCount(evaluation.step)}`]), '\n']),
    `${architecture} trained for ${counted(steps, 'step')} (${counted(epochs, 'whole epoch')}${early}) and saved in ${flags.output}.\n`,
    ...(architecture === 'TFDebertaV2ForMultipleChoice' ? [] : [`Try it: tfjs-deberta predict ${placeOf(flags)} …\n`]),
  ].join('');
}

/** What was saved, as `predict` takes it. */
function placeOf({ output, model, loraRank, mergeLora }: TrainFlags): string {
  return loraRank === undefined || mergeLora ? output : `${model} --adapter ${output}`;
}

/** `1 step`, `2,000 steps`. */
function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}
