import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import * as api from '../../src/index';

/**
 * Runs the TypeScript snippets of a page of docs/, one after the other; each sees the names of the first.
 *
 * @param given what they take for granted, by name.
 * @returns what they logged.
 */
export async function runSnippets(page: string, given: object): Promise<unknown[][]> {
  const text = readFileSync(join(__dirname, '..', '..', 'docs', page), 'utf8');
  const blocks = Array.from(text.matchAll(/```ts\n([\s\S]*?)```/g), ([, code = '']) => code);
  const [first = '', ...rest] = blocks.map((code) => code.replace(/import [^;]* from 'tfjs-deberta-v2';/, ''));
  expect(rest.length).toBeGreaterThan(0);
  const names = [...Object.keys(api), ...Object.keys(given)];
  const body = `${first}\n${rest.map((code) => `{${code}}`).join('\n')}`;
  const { code } = transformSync(`export async function program({ ${names.join(', ')} }) {${body}}`, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const printed: unknown[][] = [];
  jest.spyOn(console, 'log').mockImplementation((...values: unknown[]) => void printed.push(values));
  const module = { exports: {} as { program(given: object): Promise<void> } };
  new Function('exports', code)(module.exports);
  await module.exports.program({ ...api, ...given });
  jest.restoreAllMocks();
  return printed;
}
