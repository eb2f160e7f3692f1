import * as tf from '@tensorflow/tfjs';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors';
import { BACKEND_NAMES, type BackendName } from '../runtime/backend_name';
import { useBackend } from '../runtime/use_backend';
import { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import { summarizeAdapted } from './adapted_summary';
import type { CliIo } from './cli_io';
import { openExamples } from './example_source';
import { HEAD_OPTION, type HeadFlag } from './head_option';
import type { Input } from './open_input';
import { parsePositiveInteger } from './parse_positive_integer';
import { predictorFor } from './predictors/load_predictor';
import type { Example, Predictor } from './predictors/predictor';
import { requireRoom } from './require_room';
import { addSourceFlags, PLACE, type SourceFlags, sourceOptions } from './source_flags';
import { whileShowing } from './while_showing';
import { writeText } from './write_text';

interface PredictOptions extends SourceFlags, HeadFlag {
  readonly adapter?: string;
  readonly pair?: string;
  readonly file?: string;
  readonly backend?: BackendName;
  readonly batchSize: number;
  readonly maxLength?: number;
  readonly topK?: number;
}

const EXAMPLES = `
Each text on the command line, or each line of a file or of standard input, gives one line of JSON, in the same order.
Lines are texts, or all of them JSON: {"text": "…"} or {"text": "…", "text_pair": "…"}.

  sequence classification  {"text", "label", "score", "scores"}
  token classification     {"text", "tokens": [{"token", "label", "score"}]}
  masked language model    {"text", "masks": [[{"token", "score"}]]}, a list for each [MASK]
  replaced tokens          {"text", "tokens": [{"token", "start", "end", "score", "replaced"}]}
  question answering       {"text", "text_pair", "answer", "score"}; the text is the question, the pair its context

Examples:
  $ tfjs-deberta predict my-classifier "You have won a prize" "See you at noon"
  $ tfjs-deberta predict microsoft/deberta-v3-small --adapter my-adapter "You have won a prize"
  $ tfjs-deberta predict my-nli "It rains." --pair "The street is wet."
  $ tfjs-deberta predict my-classifier --file texts.txt --backend wasm --batch-size 32 > labels.jsonl
  $ tfjs-deberta predict deberta-v3-base-mlm "The capital of France is [MASK]." --top-k 3
  $ tfjs-deberta predict my-qa "Who wrote it?" --pair "Moby-Dick was written by Herman Melville."
  $ grep -v '^$' texts.txt | tfjs-deberta predict my-classifier | head -3
  $ tfjs-deberta predict my-classifier -- "--a text that begins with hyphens"`;

/** Adds `predict` to the program. */
export function addPredictCommand(program: Command, io: CliIo): void {
  const command = program
    .command('predict')
    .summary('run a model on texts')
    .description('Run a model on texts: classify them or their tokens, fill masks, answer questions.')
    .argument('<model>', PLACE)
    .argument('[text...]', 'texts to predict; without any, lines are read')
    .option('--adapter <place>', 'folder, URL or hub id of an adapter (LoRA) to be put on the model')
    .option('--pair <text>', 'second text of every pair that has none of its own')
    .option('--file <file>', 'read lines from a file instead of standard input (-)')
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend (default: the best that loads)').choices(BACKEND_NAMES),
    )
    .option('--batch-size <number>', 'most texts computed at a time', parsePositiveInteger, 8)
    .option(
      '--max-length <number>',
      'longest input in tokens (default: what the model was made for)',
      parsePositiveInteger,
    )
    .option('--top-k <number>', 'labels or tokens listed (default: all labels, 5 tokens)', parsePositiveInteger);
  addSourceFlags(command.addOption(HEAD_OPTION))
    .addHelpText('after', EXAMPLES)
    .action((model: string, texts: string[], options: PredictOptions) => predict(model, texts, options, io));
}

async function predict(checkpoint: string, texts: string[], options: PredictOptions, io: CliIo): Promise<void> {
  const { maxLength: wantedLength } = options;
  requireRoom(wantedLength);
  const source = await openExamples(texts, options, io);
  try {
    const sources = { ...sourceOptions(options, io), head: options.head };
    const { summary, options: place } = await summarizeAdapted(checkpoint, options.adapter, sources);
    const load = predictorFor(checkpoint, summary);
    const batches = inBatches(source.groups, options);
    const first = await batches.next();
    if (first.done) throw new UsageError(`${source.name} must hold at least one line, received none.`);

    tf.enableProdMode();
    await useBackend(options.backend);
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(summary.source.location, place);
    const maxLength = wantedLength ?? Math.min(summary.config.maxPositionEmbeddings, tokenizer.modelMaxLength);
    const predictor = await whileShowing('Loading', io, (onProgress) =>
      load(checkpoint, { tokenizer, maxLength, topK: options.topK }, { ...place, onProgress }),
    );
    try {
      await writePredictions(predictor, first.value, batches, source.input, io);
    } finally {
      predictor.dispose();
    }
  } finally {
    source.close();
  }
}

async function writePredictions(
  predictor: Predictor,
  first: readonly Example[],
  rest: AsyncIterable<readonly Example[]>,
  input: Input | undefined,
  io: CliIo,
): Promise<void> {
  const write = async (examples: readonly Example[]) => {
    io.signal.throwIfAborted();
    const results = await predictor.predict(examples);
    await writeText(io.stdout, results.map((result) => `${JSON.stringify(result)}\n`).join(''));
  };
  // On one terminal, bar and results would write over each other.
  const size = io.stdout.isTTY === true ? undefined : input?.size;
  await whileShowing('Predicting', io, async (onProgress) => {
    await write(first);
    for await (const examples of rest) {
      await write(examples);
      if (size !== undefined) onProgress({ loaded: input!.position(), total: size });
    }
  });
}

/** Groups cut to the batch size; small ones are not joined, so that nobody waits for texts that are yet to come. */
async function* inBatches(
  groups: AsyncIterable<readonly Example[]>,
  { batchSize }: PredictOptions,
): AsyncGenerator<readonly Example[], void> {
  for await (const group of groups) {
    for (let start = 0; start < group.length; start += batchSize) {
      yield group.slice(start, start + batchSize);
    }
  }
}
