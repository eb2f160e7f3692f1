import { type Command, Option } from 'commander';
import { BACKEND_NAMES } from '../../runtime/backend_name';
import { parsePositiveInteger } from '../parse_positive_integer';
import { belowOne, count, notNegative, positive, seed, share } from './number_options';
import { SCHEDULES } from './train_flags';

/**
 * Adds the options of AdamW and its schedule, but for the highest rate.
 *
 * @param warmup share of the steps in which the rate goes up by default.
 */
export function addAdamFlags(command: Command, warmup: number): Command {
  return command
    .addOption(new Option('--lr-scheduler-type <name>', 'how the rate goes down').choices(SCHEDULES).default('linear'))
    .option('--warmup-ratio <share>', 'share of the steps in which the rate goes up', share, warmup)
    .option('--warmup-steps <number>', 'the same as a number of steps', count)
    .option('--lr-cycles <number>', 'cosine_with_restarts: how often it starts', parsePositiveInteger, 1)
    .option('--lr-power <number>', 'polynomial: its power', positive, 1)
    .option('--weight-decay <number>', 'but for biases and layer normalizations', notNegative, 0.01)
    .option('--layerwise-decay <factor>', 'factor on the rate for each layer further down', positive, 1)
    .option('--max-grad-norm <number>', 'largest norm of the gradient, 0 for no limit', notNegative, 1)
    .option('--adam-beta1 <number>', 'decay of the mean of gradients', belowOne, 0.9)
    .option('--adam-beta2 <number>', 'decay of the mean of their squares', belowOne, 0.999)
    .option('--adam-epsilon <number>', 'added to the root of the mean of squares', positive, 1e-8)
    .option('--no-bias-correction', 'as XAdam of microsoft/DeBERTa')
    .option('--gradient-accumulation-steps <number>', 'batches that make a step', parsePositiveInteger, 1);
}

/** Adds the options of what a run does on its way. */
export function addOnTheWayFlags(command: Command, unit: string): Command {
  return command
    .option('--seed <number>', 'of everything that is drawn', seed, 42)
    .option('--eval-steps <number>', `steps between evaluations (default: ${unit})`, parsePositiveInteger)
    .option('--save-steps <number>', `steps between checkpoints (default: ${unit})`, parsePositiveInteger)
    .option('--logging-steps <number>', 'steps between records', parsePositiveInteger, 10)
    .option('--save-total-limit <number>', 'newest checkpoints that stay, beside the best', parsePositiveInteger, 3);
}

/** Adds the options of how steps are computed. */
export function addBackendFlags(command: Command): Command {
  return command
    .option('--eager', 'compute steps operation by operation where they could be one graph')
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend (default: the best that loads)').choices(BACKEND_NAMES),
    );
}

/** Adds the options of logs. */
export function addLogFlags(command: Command): Command {
  return command
    .option('--log <file>', 'write records as JSON lines')
    .option('--tensorboard <folder>', 'write event files for TensorBoard')
    .option('--histogram-steps <number>', 'steps between histograms of all weights in them', parsePositiveInteger);
}
