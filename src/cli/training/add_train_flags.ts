import { type Command, Option } from 'commander';
import { CHECKPOINT_FORMATS } from '../../convert/checkpoint_format';
import { DATA_FORMATS } from '../../data/readers/read_examples';
import { parsePositiveInteger } from '../parse_positive_integer';
import { addSourceFlags, PLACE } from '../source_flags';
import { TASK_OPTION } from '../task_option';
import { addAdamFlags, addBackendFlags, addLogFlags, addOnTheWayFlags } from './add_common_flags';
import { addColumnFlags } from './column_flags';
import { belowOne, count, positive, share } from './number_options';
import { parseClassWeights } from './parse_class_weights';
import { parseList } from './parse_list';

const PROBLEM_TYPES = ['single_label_classification', 'multi_label_classification', 'regression'] as const;

/** Adds the options of `train`, by the names that transformers has for them. */
export function addTrainFlags(command: Command): Command {
  addModelFlags(command);
  addDataFlags(command);
  addColumnFlags(command);
  addOptimizerFlags(command);
  addLoraFlags(command);
  addRunFlags(command);
  addOutputFlags(command);
  return addSourceFlags(command.optionsGroup('Where checkpoints come from:'));
}

function addModelFlags(command: Command): Command {
  return command
    .optionsGroup('Model:')
    .addOption(TASK_OPTION)
    .option('--model <checkpoint>', `what to start from: ${PLACE}`)
    .option('--config <file>', 'config.json of a model to train from scratch, with --tokenizer and without --model')
    .option('--tokenizer <place>', 'folder, file, URL or hub id of the tokenizer (default: beside the model)');
}

function addDataFlags(command: Command): Command {
  return command
    .optionsGroup('Data:')
    .requiredOption('--train <file>', 'examples to learn from: .jsonl, .json, .csv, .tsv, .conll, SQuAD or .txt')
    .option('--eval <file>', 'held-out examples to measure by')
    .option('--eval-split <part>', 'part of --train to hold out instead, 0 for none (default: 0.1)', belowOne)
    .addOption(
      new Option('--data-format <format>', 'format of both files (default: by extension)').choices(DATA_FORMATS),
    )
    .option('--no-quotes', 'in .csv and .tsv, quotes are characters like others')
    .option('--paragraphs', 'in .txt, a blank line ends a text, rather than each line')
    .option('--skip-bad-rows', 'leave out rows that cannot be used, and say how many')
    .option(
      '--labels <names>',
      'labels in order, such as ham,spam (default: of the model if they fit, else of the data)',
      parseList,
    )
    .addOption(
      new Option(
        '--problem-type <type>',
        'of text classification (default: as config.json says, else a single label)',
      ).choices(PROBLEM_TYPES),
    )
    .option(
      '--max-length <number>',
      'longest input in tokens (default: 512; answers 384; masked language modelling 128)',
      parsePositiveInteger,
    )
    .option('--stride <number>', 'tokens that windows of a context share (default: 128)', count)
    .option('--label-all-tokens', 'tag every token of a word, rather than its first')
    .option('--line-by-line', 'masked language modelling: a text is an example, rather than all cut in blocks')
    .option('--mlm-probability <share>', 'share of tokens to be guessed', share, 0.15)
    .option('--whole-word-mask', 'choose whole words to be guessed')
    .option('--max-ngram <number>', 'most words in a row to be guessed', parsePositiveInteger, 1);
}

function addOptimizerFlags(command: Command): Command {
  command
    .optionsGroup('Optimizer (AdamW):')
    .option('--learning-rate <number>', 'highest rate (default: 2e-5; multiple choice 5e-5)', positive);
  return addAdamFlags(command, 0)
    .option('--ema <decay>', 'measure and save a running mean of the weights, such as 0.999', belowOne)
    .option('--label-smoothing <share>', 'share of each label spread over all classes', share, 0)
    .option('--class-weights <weights>', 'balanced, or a weight for each label: 1,2.5', parseClassWeights)
    .option(
      '--sift-lambda <number>',
      'perturb the embeddings (SiFT), with this weight in the loss, such as 5',
      positive,
    )
    .option('--freeze-embeddings', 'do not train the embeddings')
    .option('--freeze-layers <number>', 'do not train the first layers', count, 0)
    .option('--gradient-checkpointing', 'compute layers twice, for less memory');
}

function addLoraFlags(command: Command): Command {
  return command
    .optionsGroup('Adapter (LoRA):')
    .option('--lora-rank <number>', 'train an adapter of this rank and the head, and save these', parsePositiveInteger)
    .option('--lora-alpha <number>', 'its scale times the rank (default: 8)', positive)
    .option('--lora-dropout <share>', 'dropout of what it reads (default: 0)', belowOne)
    .option('--lora-targets <names>', 'layers that get it (default: query_proj,value_proj)', parseList)
    .option('--lora-rslora', 'scale by the root of the rank')
    .option('--merge-lora', 'save the whole model with the adapter in it, rather than the adapter');
}

function addRunFlags(command: Command): Command {
  command
    .optionsGroup('Run:')
    .option('--epochs <number>', 'times that the examples are gone through', parsePositiveInteger, 3)
    .option('--max-steps <number>', 'most optimizer steps', parsePositiveInteger)
    .option('--batch-size <number>', 'examples in a batch', parsePositiveInteger, 16)
    .option(
      '--eval-batch-size <number>',
      'examples in a batch of an evaluation (default: as --batch-size)',
      parsePositiveInteger,
    )
    .option('--group-by-length', 'put examples of like length together');
  addOnTheWayFlags(command, 'an epoch')
    .option('--metric <name>', 'value of evaluations that decides which is best (default: the first of the task)')
    .option('--early-stopping <number>', 'stop after this many evaluations without a better one', parsePositiveInteger)
    .option('--no-restore-best', 'save the last weights rather than the best')
    .option('--resume', 'go on from the newest checkpoint in the output folder, exactly');
  return addBackendFlags(command);
}

function addOutputFlags(command: Command): Command {
  command
    .optionsGroup('Output:')
    .requiredOption('--output <folder>', 'folder for checkpoints and the trained model')
    .addOption(
      new Option('--format <format>', 'format of the trained model').choices(CHECKPOINT_FORMATS).default('safetensors'),
    );
  return addLogFlags(command)
    .option('--plot <file>', 'write the curves of the run as an SVG image')
    .option('--json', 'print the result as JSON');
}
