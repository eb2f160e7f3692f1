import { type Command, Option } from 'commander';
import { DATA_FORMATS, type DataFormat } from '../../data/readers/read_examples';
import { EMBEDDING_SHARINGS, type EmbeddingSharing } from '../../pretraining/embedding_sharing';
import type { BackendName } from '../../runtime/backend_name';
import { parsePositiveInteger } from '../parse_positive_integer';
import { addSourceFlags, PLACE, type SourceFlags } from '../source_flags';
import { addAdamFlags, addBackendFlags, addLogFlags, addOnTheWayFlags } from '../training/add_common_flags';
import { positive, share } from '../training/number_options';
import type { AdamFlags } from '../training/train_flags';

/** The options of `pretrain`, by the names of its command line. */
export interface PretrainFlags extends SourceFlags, AdamFlags {
  readonly objective: 'rtd' | 'mlm';
  readonly config: string;
  readonly tokenizer: string;
  readonly generatorLayers?: number;
  readonly embeddingSharing?: EmbeddingSharing;
  readonly rtdLambda?: number;
  readonly initGenerator?: string;
  readonly initDiscriminator?: string;
  readonly train: readonly string[];
  readonly eval?: string;
  readonly dataFormat?: DataFormat;
  readonly paragraphs?: boolean;
  readonly skipBadRows?: boolean;
  readonly shuffleBuffer: number;
  readonly maxLength?: number;
  readonly mlmProbability: number;
  readonly wholeWordMask?: boolean;
  readonly maxNgram?: number;
  readonly learningRate: number;
  readonly discriminatorLearningRate?: number;
  readonly gradientCheckpointing?: boolean;
  readonly steps: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly evalSteps?: number;
  readonly saveSteps?: number;
  readonly loggingSteps: number;
  readonly saveTotalLimit: number;
  readonly resume?: true | 'auto';
  readonly eager?: boolean;
  readonly backend?: BackendName;
  readonly output: string;
  readonly log?: string;
  readonly tensorboard?: string;
  readonly histogramSteps?: number;
  readonly json?: boolean;
}

/** Adds the options of `pretrain`. */
export function addPretrainFlags(command: Command): Command {
  addModelFlags(command);
  addDataFlags(command);
  command
    .optionsGroup('Optimizers (AdamW):')
    .option('--learning-rate <number>', 'highest rate', positive, 1e-4)
    .option('--discriminator-learning-rate <number>', 'rtd: another one for the discriminator', positive);
  addAdamFlags(command, 0.01).option('--gradient-checkpointing', 'compute layers twice, for less memory');
  addRunFlags(command);
  addLogFlags(
    command.optionsGroup('Output:').requiredOption('--output <folder>', 'folder for checkpoints and the models'),
  ).option('--json', 'print the result as JSON');
  return addSourceFlags(command.optionsGroup('Where checkpoints come from:'));
}

function addModelFlags(command: Command): Command {
  return command
    .optionsGroup('Model:')
    .addOption(
      new Option('--objective <name>', 'replaced token detection (v3), or masked language modelling (v2)')
        .choices(['rtd', 'mlm'])
        .default('rtd'),
    )
    .requiredOption('--config <file>', 'config.json of the model, with rtd of the discriminator')
    .requiredOption('--tokenizer <place>', 'spm.model, its folder, a URL or a hub id')
    .option('--generator-layers <number>', 'rtd: layers of the generator (default: half)', parsePositiveInteger)
    .addOption(
      new Option('--embedding-sharing <way>', 'rtd: how the discriminator gets its embeddings (default: gdes)').choices(
        EMBEDDING_SHARINGS,
      ),
    )
    .option('--rtd-lambda <number>', "rtd: weight of the discriminator's loss (default: 10)", positive)
    .option('--init-generator <checkpoint>', `masked-LM model to go on from: ${PLACE}`)
    .option('--init-discriminator <checkpoint>', 'rtd: discriminator, or an encoder, to go on from');
}

function addDataFlags(command: Command): Command {
  return command
    .optionsGroup('Data:')
    .requiredOption('--train <files...>', 'texts to learn from, read anew in each epoch and never held whole')
    .option('--eval <file>', 'held-out texts to measure by')
    .addOption(
      new Option('--data-format <format>', 'format of the files (default: by extension)').choices(DATA_FORMATS),
    )
    .option('--paragraphs', 'in .txt, a blank line ends a text, rather than each line')
    .option('--skip-bad-rows', 'leave out rows that cannot be used, and say how many')
    .option('--shuffle-buffer <number>', 'texts among which the next is drawn', parsePositiveInteger, 10_000)
    .option(
      '--max-length <number>',
      'tokens of an input, to which texts are packed (default: 512)',
      parsePositiveInteger,
    )
    .option('--mlm-probability <share>', 'share of tokens to be guessed', share, 0.15)
    .option('--whole-word-mask', 'choose whole words to be guessed')
    .option('--max-ngram <number>', 'most words in a row to be guessed (default: mlm 3, rtd 1)', parsePositiveInteger);
}

function addRunFlags(command: Command): Command {
  command
    .optionsGroup('Run:')
    .requiredOption('--steps <number>', 'optimizer steps', parsePositiveInteger)
    .option('--batch-size <number>', 'inputs in a batch', parsePositiveInteger, 32);
  addOnTheWayFlags(command, 'a tenth of the run').addOption(
    new Option(
      '--resume [auto]',
      'go on from the newest checkpoint in the output folder, exactly; auto: start anew if there is none',
    ).choices(['auto']),
  );
  return addBackendFlags(command);
}
