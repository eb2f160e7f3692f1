import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSettings } from '../../training/logs/settings_table';
import { table } from '../table';

/** Name of the file with the settings of a run. */
const SETTINGS_FILE = 'training_settings.json';

/** Writes the settings of a run into the folder of a checkpoint. */
export function writeSettings(folder: string, settings: RunSettings): Promise<void> {
  return writeFile(join(folder, SETTINGS_FILE), `${JSON.stringify(settings, null, 2)}\n`);
}

/** The settings of a run for people, those that are not in use left out. */
export function describeSettings(settings: RunSettings): string {
  const shown = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  const rows = Object.entries(settings).filter(([, value]) => value !== undefined);
  return `${table(rows.map(([name, value]) => [name, shown(value)]))}\n`;
}
