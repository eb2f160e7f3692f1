import { InputError } from '../../errors';

/** Settings of a run by name; objects and lists are shown as JSON. */
export type RunSettings = Readonly<Record<string, string | number | boolean | object | null | undefined>>;

/**
 * The settings of a run as a table in Markdown, which TensorBoard shows; those left `undefined` are left out.
 *
 * @throws {InputError} when an object contains itself.
 */
export function settingsTable(settings: RunSettings): string {
  const rows = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `| ${escapeCell(name)} | ${escapeCell(textOf(name, value))} |`);
  return ['| setting | value |', '| --- | --- |', ...rows].join('\n');
}

function textOf(name: string, value: RunSettings[string]): string {
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new InputError(`The setting ${name} must be something that JSON can hold; leave it out or give its parts.`, {
      path: name,
      cause,
    });
  }
}

/** Within a row a bar would begin a new cell, and a line end a new row. */
function escapeCell(text: string): string {
  return text.replace(/[\\`*_<|]/g, '\\$&').replace(/\s+/g, ' ');
}
