import { jsonLinesLog } from '../../training/logs/json_lines_log';
import { progressLog } from '../../training/logs/progress_log';
import type { RunSettings } from '../../training/logs/settings_table';
import { tensorboardLog } from '../../training/logs/tensorboard_log';
import type { TrainingLog } from '../../training/training_log';
import type { CliIo } from '../cli_io';
import type { OutputFlags } from './train_flags';

/**
 * Opens the logs that the user wants, and the one on standard error.
 *
 * @throws {OutputError} when one cannot be written; those before it are closed.
 */
export async function openLogs(
  { log, tensorboard }: Pick<OutputFlags, 'log' | 'tensorboard'>,
  totalSteps: number,
  settings: RunSettings,
  io: CliIo,
): Promise<TrainingLog[]> {
  const logs = [progressLog({ totalSteps, stream: io.stderr })];
  try {
    if (log !== undefined) logs.push(await jsonLinesLog(log));
    if (tensorboard !== undefined) logs.push(await tensorboardLog(tensorboard, { settings }));
    return logs;
  } catch (error) {
    for (const opened of logs) await opened.close();
    throw error;
  }
}
