import { type Command, Option } from 'commander';
import { ARCHITECTURES, type Architecture } from '../config/architecture';
import { TFDebertaV2Model } from '../models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../models/multiple_choice';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import { TFDebertaV2ForQuestionAnswering } from '../models/question_answering';
import { TFDebertaV2ForSequenceClassification } from '../models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../models/token_classification';
import { useBackend } from '../runtime/use_backend';
import { summarizeCheckpoint } from './checkpoint_summary';
import type { CliIo } from './cli_io';
import { progressBar } from './progress_bar';
import { requireTrainedHead } from './require_trained_head';
import { writeText } from './write_text';

interface ExportOptions {
  readonly architecture?: Architecture;
  readonly signature: string;
  readonly overwrite?: boolean;
}

type LoadableClass = ModelClass<TFDebertaV2PreTrainedModel> & Pick<typeof TFDebertaV2PreTrainedModel, 'fromPretrained'>;

const MODELS: Readonly<Record<Architecture, LoadableClass>> = {
  TFDebertaV2Model,
  TFDebertaV2ForMaskedLM,
  TFDebertaV2ForSequenceClassification,
  TFDebertaV2ForTokenClassification,
  TFDebertaV2ForQuestionAnswering,
  TFDebertaV2ForMultipleChoice,
};

const EXAMPLES = `
The folder holds a graph, its signature and the weights as variables: for TensorFlow Serving, Java, Python or tfjs-node.
Inputs are int32: input_ids, attention_mask and token_type_ids, all of shape [batch, length] ([batch, choices, length]
for multiple choice). Outputs are logits, start_logits and end_logits, or last_hidden_state.

Examples:
  $ tfjs-deberta export my-classifier serving/my-classifier/1
  $ tfjs-deberta export deberta-v3-small encoder --architecture TFDebertaV2Model --overwrite
  $ tensorflow_model_server --model_name=my-classifier --model_base_path=$PWD/serving/my-classifier`;

/** Adds `export` to the program. */
export function addExportCommand(program: Command, io: CliIo): void {
  program
    .command('export')
    .summary('write a TensorFlow SavedModel')
    .description('Write a checkpoint as a TensorFlow SavedModel, which runs without this package.')
    .argument('<checkpoint>', 'folder of the checkpoint, of any format, or one weights file in it')
    .argument('<output>', 'folder to make')
    .addOption(
      new Option(
        '--architecture <name>',
        'model to export (default: what config.json names, else what the weights show)',
      ).choices(ARCHITECTURES),
    )
    .option('--signature <name>', 'name of the signature', 'serving_default')
    .option('--overwrite', 'replace the output folder if it exists')
    .addHelpText('after', EXAMPLES)
    .action((checkpoint: string, output: string, options: ExportOptions) =>
      exportCheckpoint(checkpoint, output, options, io),
    );
}

async function exportCheckpoint(
  source: string,
  output: string,
  { architecture: chosen, ...options }: ExportOptions,
  io: CliIo,
): Promise<void> {
  const { architecture, info } = await summarizeCheckpoint(source, chosen);
  requireTrainedHead(source, architecture, info);
  await useBackend();
  const model = await load(source, architecture, io);
  try {
    await model.exportSavedModel(output, options);
  } finally {
    model.dispose();
  }
  const summary = `${architecture} exported to ${output}, with the signature ${options.signature}.`;
  await writeText(io.stdout, `${summary}\n`);
}

async function load(source: string, architecture: Architecture, io: CliIo): Promise<TFDebertaV2PreTrainedModel> {
  const bar = progressBar(io, 'Loading');
  try {
    return await MODELS[architecture].fromPretrained(source, {
      onProgress: ({ loaded, total }) => {
        io.signal.throwIfAborted();
        bar.update(loaded, total);
      },
    });
  } finally {
    bar.stop();
  }
}
