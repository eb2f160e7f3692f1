import { nodeBuiltin } from '../../files/node_builtins';
import { encodeMessage, type Message } from '../../protobuf/encode_message';
import { DATA_TYPES } from '../../protobuf/tensorflow_types';
import type { LogRecord, TrainingLog } from '../training_log';
import type { ByteSink } from './byte_sink';
import { openEventFile } from './event_file';
import { DATA_CLASS_TENSOR, EVENT, SESSION_START, type SUMMARY_VALUE } from './event_schema';
import { histogramOf } from './histogram';
import { type RunSettings, settingsTable } from './settings_table';
import { tfRecord } from './tf_record';

/** Options of `tensorboardLog`. */
export interface TensorboardLogOptions {
  /** A folder in the folder, as TensorBoard tells runs apart; none by default. */
  readonly runName?: string;
  /** What the run was started with; TensorBoard shows it as a table under "Text". */
  readonly settings?: RunSettings;
}

type SummaryValue = Message<typeof SUMMARY_VALUE>;

/**
 * Writes records as event files, which TensorBoard shows while the run goes on; needs neither Python nor tfjs-node.
 *
 * A value goes by the tag `train/loss`, `eval/f1` and so on. A histogram goes by its own name; where it has values that
 * are NaN or infinite, their number is the scalar `<name>/not_finite`. Each record is in the file when `write` returns,
 * so that a run that is killed leaves a file that can be read.
 *
 * A run that is resumed gets a file of its own in the same folder. What the earlier files have from its first step on
 * is shown no more: that work was done again.
 *
 * @param destination the folder; outside of Node something that takes the bytes of one event file.
 * @throws {OutputError} when the folder cannot be written.
 *
 * @example
 * const log = await tensorboardLog('runs', { runName: 'first', settings: { learningRate: 2e-5 } });
 * await log.write({ kind: 'train', step: 10, values: { loss: 0.69 } });
 * await log.close(); // tensorboard --logdir runs
 */
export async function tensorboardLog(
  destination: string | ByteSink,
  { runName, settings }: TensorboardLogOptions = {},
): Promise<TrainingLog> {
  // Before there is a file: it may throw.
  const opening = settings === undefined ? [] : [textValue('settings', settingsTable(settings))];
  const sink =
    typeof destination === 'string'
      ? await openEventFile(runName === undefined ? destination : nodeBuiltin('node:path').join(destination, runName))
      : destination;
  const write = (event: Message<typeof EVENT>) =>
    sink.write(tfRecord(encodeMessage(EVENT, { wall_time: Date.now() / 1000, ...event })));

  await write({ file_version: 'brain.Event:2' });
  if (opening.length > 0) await write({ summary: { value: opening } });
  let isStarted = false;
  return {
    async write(record) {
      const { step } = record;
      const value = valuesOf(record);
      if (!isStarted) {
        isStarted = true;
        await write({ step, session_log: { status: SESSION_START } });
      }
      await write({ step, summary: { value } });
    },
    close: () => sink.close(),
  };
}

function valuesOf({ kind, values, histograms = {} }: LogRecord): SummaryValue[] {
  const scalars = Object.entries(values).map(([name, value]) => ({ tag: `${kind}/${name}`, simple_value: value }));
  return [...scalars, ...Object.entries(histograms).flatMap(([name, numbers]) => histogramValues(name, numbers))];
}

function histogramValues(tag: string, numbers: Float32Array): SummaryValue[] {
  const { message, notFinite } = histogramOf(numbers);
  return [
    ...(message === undefined ? [] : [{ tag, histo: message }]),
    ...(notFinite === 0 ? [] : [{ tag: `${tag}/not_finite`, simple_value: notFinite }]),
  ];
}

function textValue(tag: string, text: string): SummaryValue {
  return {
    tag,
    tensor: { dtype: DATA_TYPES.string, tensor_shape: { dim: [] }, string_val: [new TextEncoder().encode(text)] },
    metadata: { plugin_data: { plugin_name: 'text' }, data_class: DATA_CLASS_TENSOR },
  };
}
