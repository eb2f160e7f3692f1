import { Command, InvalidArgumentError, Option } from 'commander';
import { BACKEND_NAMES, type BackendName } from '../src/index';
import { type BatchShape, parseShapes } from './batch_shape';
import { type BrowserBenchOptions, benchBrowser } from './browser/bench_browser';
import { benchConvert, type ConvertBenchOptions } from './convert/bench_convert';
import { benchFuzz, type FuzzBenchOptions } from './fuzz/bench_fuzz';
import { FUZZ_FORMATS } from './fuzz/fuzz_formats';
import { benchKernels, type KernelBenchOptions } from './kernels/bench_kernels';
import { benchPredict, type PredictBenchOptions } from './predict/bench_predict';
import { MODEL_NAMES as PREDICTED_MODELS } from './predict/models';
import { SHAPES } from './predict/workload';
import { benchTokenize, type TokenizeBenchOptions } from './tokenize/bench_tokenize';
import { MOST_ROUNDS } from './tokenize/race';
import { benchTrain, type TrainBenchOptions } from './train/bench_train';
import { MODEL_NAMES } from './train/workload';

const program = new Command('bench').description('Measurements, printed as Markdown.');

program
  .command('browser')
  .description('speed of predict in a headless Chromium, beside onnxruntime-web')
  .option('--python <path>', 'a Python with tests/reference/requirements.txt and onnx, to make the models')
  .addOption(new Option('--models <names...>', 'shapes of models').choices(PREDICTED_MODELS).default(PREDICTED_MODELS))
  .option('--shapes <list>', 'batches and lengths', parseBatchShapes, SHAPES)
  .option('--threads <number>', 'threads of the pages that may have several', parseWhole, 2)
  .option('--seconds <number>', 'time of each participant for each shape', parsePositive, 2)
  .option('--max-seconds <number>', 'leave calls out that would take longer than this', parsePositive, 15)
  .option('--quick', 'only see whether everything works', false)
  .action(async (options: BrowserBenchOptions) => {
    process.stdout.write(`${await benchBrowser(options)}\n`);
  });

program
  .command('convert')
  .description("peak memory and time of the converter, beside a plain copy's time, and memory of loading")
  .option('--python <path>', 'a Python with PyTorch and safetensors, to make a pickle')
  .option('--rounds <number>', 'conversions and copies in turns', parseWhole, 3)
  .option('--quick', 'leave out the shapes of 1.7 and 6.3 GB, which take 20 GB of disk', false)
  .action(async (options: ConvertBenchOptions) => {
    process.stdout.write(`${await benchConvert(options)}\n`);
  });

program
  .command('fuzz')
  .description('converts small checkpoints damaged at random; each must be read or refused')
  .option('--seconds <number>', 'time for each format', parsePositive, 60)
  .addOption(new Option('--format <name>', 'only this format').choices(FUZZ_FORMATS.map(({ name }) => name)))
  .option('--seed <number>', 'another one damages otherwise', parsePositive, 1)
  .action(async (options: FuzzBenchOptions) => {
    process.stdout.write(`${await benchFuzz(options)}\n`);
  });

program
  .command('kernels')
  .description('speed of the SIMD kernels by themselves, in every build that runs here')
  .option('--rounds <number>', 'turns of each build', parseWhole, 5)
  .option('--milliseconds <number>', 'time of a turn', parsePositive, 20)
  .option('--quick', 'only see whether everything works', false)
  .action((options: KernelBenchOptions) => {
    process.stdout.write(`${benchKernels(options)}\n`);
  });

program
  .command('predict')
  .description(
    'speed, first calls and memory of predict, beside onnxruntime-node, onnxruntime-web, transformers.js and the Python reference',
  )
  .option(
    '--python <path>',
    'a Python with tests/reference/requirements.txt and onnx, to make the models and to take part with PyTorch and TensorFlow',
  )
  .option('--backends <names>', `of ${BACKEND_NAMES.join(', ')}, separated by commas`, parseBackends, [
    'tensorflow',
    'wasm',
  ] satisfies BackendName[])
  .addOption(new Option('--models <names...>', 'shapes of models').choices(PREDICTED_MODELS).default(PREDICTED_MODELS))
  .option('--shapes <list>', 'batches and lengths', parseBatchShapes, SHAPES)
  .option('--threads <number>', 'threads of every participant; those of wasm race with one thread too', parseWhole, 2)
  .option('--relaxed-simd', 'have wasm take part with relaxed SIMD too, which Node 20 has behind a flag', false)
  .option('--seconds <number>', 'time of each participant for each shape', parsePositive, 2)
  .option('--max-seconds <number>', 'leave calls out that would take longer than this', parsePositive, 15)
  .option('--quick', 'only see whether everything works', false)
  .action(async (options: PredictBenchOptions) => {
    process.stdout.write(`${await benchPredict(options)}\n`);
  });

program
  .command('tokenize')
  .description('speed, memory and loading of the tokenizer, beside three npm packages')
  .option('--python <path>', 'a Python with tests/reference/requirements.txt, to train the vocabularies')
  .option(
    '--rounds <number>',
    `calls of each participant for each cell, at most ${MOST_ROUNDS}`,
    parseRounds,
    MOST_ROUNDS,
  )
  .option('--quick', 'only see whether everything works', false)
  .action(async (options: TokenizeBenchOptions) => {
    process.stdout.write(`${await benchTokenize(options)}\n`);
  });

program
  .command('train')
  .description('speed and memory of a training step, beside PyTorch')
  .option('--python <path>', 'a Python with tests/reference/requirements.txt, to take part with PyTorch')
  .addOption(new Option('--models <names...>', 'shapes of models').choices(MODEL_NAMES).default(MODEL_NAMES))
  .option('--shapes <list>', 'batches and lengths', parseBatchShapes, [
    [8, 128],
    [4, 512],
  ] satisfies BatchShape[])
  .option('--dropouts <rates>', 'rates of dropout, separated by commas', parseRates, [0.1, 0])
  .option('--rounds <number>', 'steps of each participant that count', parseWhole, 4)
  .option('--seconds <number>', 'begin no round after this time for each participant', parsePositive, 30)
  .option('--threads <number>', 'threads of every participant', parsePositive, 2)
  .option('--quick', 'only see whether everything works', false)
  .action(async (options: TrainBenchOptions) => {
    process.stdout.write(`${await benchTrain(options)}\n`);
  });

function parseBatchShapes(text: string): BatchShape[] {
  try {
    return parseShapes(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function parseRates(text: string): number[] {
  return text.split(',').map((given) => {
    const rate = given === '' ? Number.NaN : Number(given);
    if (rate >= 0 && rate < 1) return rate;
    throw new InvalidArgumentError(`It must be rates of at least 0 and below 1, received ${text}.`);
  });
}

function parseBackends(text: string): BackendName[] {
  return text.split(',').map((given) => {
    const name = BACKEND_NAMES.find((known) => known === given);
    if (name === undefined) {
      throw new InvalidArgumentError(`It must name backends of ${BACKEND_NAMES.join(', ')}, received ${given}.`);
    }
    return name;
  });
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError(`It must be a number above 0, received ${text}.`);
  return value;
}

function parseWhole(text: string): number {
  const value = parsePositive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError(`It must be a whole number, received ${text}.`);
  return value;
}

function parseRounds(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value > 0 && value <= MOST_ROUNDS)) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_ROUNDS}, received ${text}.`);
  }
  return value;
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
