import * as tf from '@tensorflow/tfjs';
import type { Command } from 'commander';
import { writeFileAtomically, writeFilesAtomically } from '../files/atomic_write';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import { useBackend } from '../runtime/use_backend';
import { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import { plotTraining } from '../training/logs/plot_training';
import { trainingCurveSvg } from '../training/logs/training_curve_svg';
import type { TrainResult } from '../training/run_training';
import type { CliIo } from './cli_io';
import { requireRoom } from './require_room';
import { sourceOptions } from './source_flags';
import { addTrainFlags } from './training/add_train_flags';
import { withAverages } from './training/averaged_weights';
import { requireOwnColumns } from './training/column_flags';
import { describeRun, savedEvaluation } from './training/describe_run';
import { addLora, requireLoraFlags, saveTrainedAdapter } from './training/lora_flags';
import { lossWeights } from './training/loss_weights';
import { planModel } from './training/model_plan';
import { READ_TASK } from './training/read_task';
import { requireMetric, requireVocabulary } from './training/requirements';
import { removeEmptyFolder, requireFreshFolder } from './training/run_folder';
import { openLogs } from './training/run_logs';
import { type KnownRun, runSettings } from './training/run_settings';
import { describeSettings, writeSettings } from './training/settings_file';
import type { TrainFlags } from './training/train_flags';
import { trainModel } from './training/train_model';
import { countSteps, makeOptimizer, peakRate } from './training/training_optimizer';
import { writeText } from './write_text';

const EXAMPLES = `
The output folder gets checkpoints on the way and at the end the trained model with its tokenizer, which predict takes.
The settings in force are printed, and saved beside the weights as training_settings.json. Ctrl-C saves and stops; the
same command with --resume goes on as if it had never been stopped.

  text-classification   {"text" (or "sentence1", "sentence2"), "label"}
  token-classification  {"tokens": […], "tags": […]}, or CoNLL
  question-answering    {"question", "context", "answers": {"text": […], "answer_start": […]}}, or SQuAD
  fill-mask             {"text"}, or a plain text
  multiple-choice       {"context", "question", "choices": […], "label"}, or "sent1", "sent2", "ending0", …

Examples:
  $ tfjs-deberta train --task text-classification --model microsoft/deberta-v3-small --train sms.csv --output spam
  $ tfjs-deberta train --task token-classification --model deberta-v3-base --train train.conll --eval dev.conll --output ner
  $ tfjs-deberta train --task question-answering --model deberta-v3-base --train train-v2.0.json --eval dev-v2.0.json
      --output squad --epochs 2 --warmup-ratio 0.1 --gradient-accumulation-steps 4 --tensorboard runs
  $ tfjs-deberta train --task fill-mask --config config.json --tokenizer spm.model --train book.txt --output language
  $ tfjs-deberta predict spam "You have won a prize"`;

/** Adds `train` to the program. */
export function addTrainCommand(program: Command, io: CliIo): void {
  const command = program
    .command('train')
    .summary('train a model on your files')
    .description('Train a model on your files: classify texts or tokens, answer questions, fill masks, choose.');
  addTrainFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((flags: TrainFlags) => trainCommand(flags, io));
}

async function trainCommand(flags: TrainFlags, io: CliIo): Promise<void> {
  requireRoom(flags.maxLength);
  requireLoraFlags(flags);
  await requireFreshFolder(flags.output, flags.resume ?? false);
  const plan = await planModel(flags, io);
  requireOwnColumns(plan.architecture, flags);
  const task = await READ_TASK[plan.architecture](flags, plan, io);
  const classWeights = lossWeights(flags, task);

  tf.enableProdMode();
  await useBackend(flags.backend);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(plan.tokenizer, sourceOptions(flags, io));
  requireVocabulary(tokenizer, task.config);
  const prepared = await task.prepare(tokenizer);
  const metric = requireMetric(flags, task, prepared);
  const totalSteps = countSteps(flags, prepared.train.batchesPerEpoch!);
  const peak = peakRate(flags, plan.architecture);

  const model = await plan.load(task.config);
  try {
    const run = { plan, task, prepared, model, peak, totalSteps, metric, classWeights };
    compile(flags, run);
    await carryOut(flags, run, tokenizer, io);
  } finally {
    model.optimizer?.dispose();
    model.dispose();
  }
}

function compile(flags: TrainFlags, { model, peak, totalSteps, classWeights }: KnownRun): void {
  model.freeze({ embeddings: flags.freezeEmbeddings ?? false, layers: flags.freezeLayers });
  addLora(model, flags);
  if (flags.gradientCheckpointing) model.gradientCheckpointingEnable();
  model.compile({
    optimizer: makeOptimizer(flags, peak, totalSteps),
    runEagerly: flags.eager ?? false,
    labelSmoothing: flags.labelSmoothing,
    ...(classWeights && { classWeights }),
    ...(flags.siftLambda !== undefined && { sift: { lambda: flags.siftLambda } }),
  });
}

async function carryOut(flags: TrainFlags, run: KnownRun, tokenizer: DebertaV2TokenizerFast, io: CliIo): Promise<void> {
  const { model, totalSteps } = run;
  const settings = runSettings(flags, run);
  await writeText(io.stderr, describeSettings(settings));
  const complete = async (folder: string) => {
    await tokenizer.savePretrained(folder);
    await writeSettings(folder, settings);
  };
  try {
    const logs = await openLogs(flags, totalSteps, settings, io);
    const result = await trainModel(flags, run, { logs, complete }, io);
    await withAverages(model, () => saveModel(flags, model, complete));
    await report(flags, run, result, io);
  } finally {
    await removeEmptyFolder(flags.output);
  }
}

function saveModel(
  flags: TrainFlags,
  model: TFDebertaV2PreTrainedModel,
  complete: (folder: string) => Promise<void>,
): Promise<void> {
  return writeFilesAtomically(flags.output, async (folder) => {
    if (model.adapter !== undefined && !flags.mergeLora) await saveTrainedAdapter(folder, model, flags);
    else await model.savePretrained(folder, { format: flags.format, mergeAdapter: true });
    await complete(folder);
  });
}

async function report(flags: TrainFlags, { plan, metric }: KnownRun, result: TrainResult, io: CliIo): Promise<void> {
  const { history, ...summary } = result;
  const hasCurves = history.some(({ values }) => Number.isFinite(values.loss));
  if (flags.plot !== undefined && hasCurves) await writeFileAtomically(flags.plot, trainingCurveSvg(history));
  if (flags.json) {
    const metrics = savedEvaluation(result, flags)?.values ?? null;
    const { output } = flags;
    await writeText(io.stdout, `${JSON.stringify({ output, architecture: plan.architecture, ...summary, metrics })}\n`);
    return;
  }
  // A terminal has little room: the file has the other metrics.
  const values = [...new Set(['loss', metric ?? 'loss'])];
  if (io.stdout.isTTY === true && hasCurves) await writeText(io.stdout, `${plotTraining(history, { values })}\n`);
  await writeText(io.stdout, describeRun(flags, plan, result));
}
