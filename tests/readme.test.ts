import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import * as api from '../src/index';

const ROOT = join(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

test('the first program of the README runs and tells spam from ham', async () => {
  const [, source = ''] = README.match(/```ts\n([\s\S]*?)```/) ?? [];
  const body = source.replace(/import (.*) from 'tfjs-deberta-v2';/, 'const $1 = api;');
  const { code } = transformSync(`export async function program(api) {${body}}`, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const printed: string[] = [];
  jest.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  const module = { exports: {} as { program(api: unknown): Promise<void> } };
  new Function('exports', code)(module.exports);
  await module.exports.program(api);
  const [first, second] = (printed.join('').match(/\[?\[(.*?)\]/g) ?? []).map((row) =>
    row.match(/[\d.]+/g)!.map(Number),
  );
  expect(first![1]).toBeGreaterThan(0.9);
  expect(second![0]).toBeGreaterThan(0.9);
  jest.restoreAllMocks();
});

test('every command of the README exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...README.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(3);
  for (const name of named) expect(scripts).toHaveProperty([name]);
});
