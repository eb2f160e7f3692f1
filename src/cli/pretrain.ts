import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Command } from 'commander';
import { packageVersion } from '../runtime/package_version';
import { useBackend } from '../runtime/use_backend';
import { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import { formatNumber } from '../training/logs/format_number';
import type { RunSettings } from '../training/logs/settings_table';
import type { TrainResult } from '../training/run_training';
import type { CliIo } from './cli_io';
import { formatCount } from './format_count';
import { detectionObjective } from './pretraining/detection_objective';
import { everySteps } from './pretraining/every_steps';
import { languageObjective } from './pretraining/language_objective';
import { addPretrainFlags, type PretrainFlags } from './pretraining/pretrain_flags';
import type { PretrainingObjective } from './pretraining/pretraining_objective';
import { type PretrainingTexts, readPretrainingTexts } from './pretraining/pretraining_texts';
import { readConfigFile } from './read_config_file';
import { requireRoom } from './require_room';
import { sourceOptions } from './source_flags';
import { table } from './table';
import { requireVocabulary } from './training/requirements';
import { removeEmptyFolder, requireFreshFolder } from './training/run_folder';
import { openLogs } from './training/run_logs';
import { adamSettings } from './training/run_settings';
import { describeSettings, writeSettings } from './training/settings_file';
import { untilInterrupted } from './training/until_interrupted';
import { writeText } from './write_text';

const EXAMPLES = `
Texts are streamed, joined and cut to inputs of --max-length tokens. Checkpoints go into the output folder, and at the end
the model: with rtd the discriminator, from which to fine-tune, and in the folder generator the generator. Ctrl-C saves
and stops; the same command with --resume goes on as if it had never been stopped.

Examples:
  $ tfjs-deberta pretrain --config config.json --tokenizer spm.model --train texts.txt --steps 100000 --output mine
  $ tfjs-deberta pretrain --config config.json --tokenizer spm.model --train a.txt b.jsonl --eval held_out.txt
      --steps 100000 --batch-size 64 --max-length 128 --learning-rate 3e-4 --output mine --resume auto
  $ tfjs-deberta pretrain --objective mlm --config config.json --tokenizer spm.model --train texts.txt --steps 100000
      --output mine
  $ tfjs-deberta train --task text-classification --model mine --train sms.csv --output spam`;

/** Adds `pretrain` to the program. */
export function addPretrainCommand(program: Command, io: CliIo): void {
  const command = program
    .command('pretrain')
    .summary('pre-train a model on plain texts')
    .description('Pre-train a model on plain texts: by replaced token detection, or by masked language modelling.');
  addPretrainFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((flags: PretrainFlags) => pretrainCommand(flags, io));
}

async function pretrainCommand(flags: PretrainFlags, io: CliIo): Promise<void> {
  requireRoom(flags.maxLength);
  await requireFreshFolder(flags.output, flags.resume !== undefined);
  const config = await readConfigFile(flags.config);
  tf.enableProdMode();
  await useBackend(flags.backend);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(flags.tokenizer, sourceOptions(flags, io));
  requireVocabulary(tokenizer, config);
  const texts = await readPretrainingTexts(flags, config, tokenizer);
  const makeObjective = flags.objective === 'rtd' ? detectionObjective : languageObjective;
  const objective = await makeObjective(flags, config, tokenizer, texts, io);
  try {
    const settings = settingsOf(flags, objective, texts);
    await writeText(io.stderr, describeSettings(settings));
    const complete = async (folder: string) => {
      for (const inner of objective.folders) await tokenizer.savePretrained(join(folder, inner));
      await writeSettings(folder, settings);
    };
    const result = await carryOut(flags, objective, settings, complete, io);
    await report(flags, objective, result, io);
  } finally {
    objective.dispose();
  }
}

function settingsOf(flags: PretrainFlags, { settings, architecture }: PretrainingObjective, texts: PretrainingTexts) {
  return {
    version: packageVersion,
    objective: flags.objective,
    architecture,
    config: flags.config,
    tokenizer: flags.tokenizer,
    init_generator: flags.initGenerator,
    init_discriminator: flags.initDiscriminator,
    backend: tf.getBackend(),
    train_files: flags.train,
    eval_file: flags.eval,
    eval_inputs: texts.heldOut.length || undefined,
    max_length: texts.length,
    mlm_probability: flags.mlmProbability,
    ...adamSettings(flags, flags.learningRate, flags.steps),
    ...settings,
    gradient_checkpointing: flags.gradientCheckpointing ?? false,
    max_steps: flags.steps,
    train_batch_size: flags.batchSize,
    shuffle_buffer: flags.shuffleBuffer,
    seed: flags.seed,
    eval_steps: texts.heldOut.length === 0 ? undefined : everySteps(flags, flags.evalSteps),
    save_steps: everySteps(flags, flags.saveSteps),
    logging_steps: flags.loggingSteps,
    save_total_limit: flags.saveTotalLimit,
  };
}

async function carryOut(
  flags: PretrainFlags,
  objective: PretrainingObjective,
  settings: RunSettings,
  complete: (folder: string) => Promise<void>,
  io: CliIo,
): Promise<TrainResult> {
  const { output, steps, histogramSteps } = flags;
  try {
    const logs = await openLogs(flags, steps, settings, io);
    const result = await untilInterrupted(output, io, () =>
      objective.run({
        maxSteps: steps,
        outputDir: output,
        saveEverySteps: everySteps(flags, flags.saveSteps),
        keepLast: flags.saveTotalLimit,
        onSave: complete,
        resume: flags.resume ?? false,
        logEverySteps: flags.loggingSteps,
        logs,
        ...(histogramSteps !== undefined && { histogramEverySteps: histogramSteps }),
        seed: flags.seed,
        signal: io.signal,
      }),
    );
    await objective.save(output);
    await complete(output);
    return result;
  } finally {
    await removeEmptyFolder(output);
  }
}

async function report(
  { output, json }: PretrainFlags,
  { architecture }: PretrainingObjective,
  { history, ...summary }: TrainResult,
  io: CliIo,
): Promise<void> {
  const evaluation = history.filter(({ kind }) => kind === 'eval').at(-1);
  if (json) {
    const metrics = evaluation?.values ?? null;
    await writeText(io.stdout, `${JSON.stringify({ output, architecture, ...summary, metrics })}\n`);
    return;
  }
  const rows = Object.entries(evaluation?.values ?? {}).map(([name, value]) => [name, formatNumber(value)]);
  const steps = `${formatCount(summary.steps)} step${summary.steps === 1 ? '' : 's'}`;
  const measured =
    evaluation === undefined ? '' : `${table(rows, ['METRIC', `STEP ${formatCount(evaluation.step)}`])}\n`;
  await writeText(
    io.stdout,
    `${measured}${architecture} trained for ${steps} and saved in ${output}.\nFine-tune it: tfjs-deberta train --model ${output} …\n`,
  );
}
