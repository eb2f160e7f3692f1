import { InputError } from '../src/index';

/**
 * What can be had without a neural network, for the examples to compare with: a model is worth its training if it does
 * better than these on the same data.
 */

/**
 * Classifies texts by their words alone, whatever their order: naive Bayes with multinomial counts, each raised by one.
 *
 * @param texts to learn from, at least one.
 * @param labels one for each text.
 * @returns a function from a text to its likeliest label; words that it never saw tell nothing.
 * @throws {InputError} for unequal numbers, or no texts.
 *
 * @example
 * const classify = bagOfWordsBaseline(['good film', 'bad film'], ['positive', 'negative']);
 * classify('a good one'); // 'positive'
 */
export function bagOfWordsBaseline<Label>(texts: readonly string[], labels: readonly Label[]): (text: string) => Label {
  requireExamples(texts, labels);
  const vocabulary = new Set<string>();
  const classes = new Map<Label, { texts: number; words: number; counts: Map<string, number> }>();
  for (const [index, text] of texts.entries()) {
    const label = labels[index]!;
    const seen = classes.get(label) ?? { texts: 0, words: 0, counts: new Map<string, number>() };
    classes.set(label, seen);
    seen.texts++;
    for (const word of wordsOf(text)) {
      vocabulary.add(word);
      seen.words++;
      increment(seen.counts, word);
    }
  }
  return (text) => {
    const words = wordsOf(text).filter((word) => vocabulary.has(word));
    const logProbability = (label: Label) => {
      const seen = classes.get(label)!;
      const total = Math.log(seen.words + vocabulary.size);
      const ofWords = words.map((word) => Math.log((seen.counts.get(word) ?? 0) + 1) - total);
      return Math.log(seen.texts / texts.length) + sum(ofWords);
    };
    return best([...classes.keys()], logProbability);
  };
}

/**
 * Gives each word the tag that it has most often, and words it never saw the tag that is most frequent of all.
 *
 * @param sentences words of each sentence to learn from.
 * @param tags a tag for each word.
 * @returns a function from the words of a sentence to their tags.
 * @throws {InputError} for unequal numbers, or no words.
 *
 * @example
 * const tag = mostFrequentTagBaseline([['Ann', 'runs', 'home']], [['B-PER', 'O', 'O']]);
 * tag(['Ann', 'walks']); // ['B-PER', 'O']
 */
export function mostFrequentTagBaseline(
  sentences: readonly (readonly string[])[],
  tags: readonly (readonly string[])[],
): (words: readonly string[]) => string[] {
  requireExamples(sentences, tags);
  const ofAll = new Map<string, number>();
  const ofWord = new Map<string, Map<string, number>>();
  for (const [sentence, words] of sentences.entries()) {
    requireExamples(words, tags[sentence]!, ` in sentence ${sentence}`);
    for (const [index, word] of words.entries()) {
      const tag = tags[sentence]![index]!;
      const counts = ofWord.get(word) ?? new Map<string, number>();
      ofWord.set(word, counts);
      increment(counts, tag);
      increment(ofAll, tag);
    }
  }
  const mostFrequent = (counts: Map<string, number>) => best([...counts.keys()], (tag) => counts.get(tag)!);
  const known = new Map([...ofWord].map(([word, counts]) => [word, mostFrequent(counts)]));
  const fallback = mostFrequent(ofAll);
  return (words) => words.map((word) => known.get(word) ?? fallback);
}

/**
 * Picks the text that shares most words with a question, the first of several.
 *
 * @param texts the choices of a question, at least one.
 * @returns its index.
 * @throws {InputError} for no texts.
 *
 * @example
 * overlapBaseline('Where do whales live?', ['Bees live in hives.', 'The whales live in the sea.']); // 1
 */
export function overlapBaseline(question: string, texts: readonly string[]): number {
  requireExamples(texts, texts);
  const asked = new Set(wordsOf(question));
  const shared = texts.map((text) => new Set(wordsOf(text).filter((word) => asked.has(word))).size);
  return best([...shared.keys()], (index) => shared[index]!);
}

/**
 * Answers a question with the sentence of the context that shares most words with it.
 *
 * @returns the sentence without white space around it; `''` for an empty context.
 */
export function sentenceBaseline(question: string, context: string): string {
  const segments = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(context);
  const sentences = Array.from(segments, ({ segment }) => segment.trim());
  return sentences.length === 0 ? '' : sentences[overlapBaseline(question, sentences)]!;
}

/**
 * The mean loss of guessing tokens by how frequent they are, each counted once more than it occurs.
 *
 * @param trainIds token ids to count.
 * @param evalIds token ids to guess.
 * @param vocabularySize number of different tokens there can be.
 * @returns in nats; `perplexity` makes a perplexity of it.
 * @throws {InputError} if there is nothing to guess.
 */
export function unigramLossBaseline(
  trainIds: readonly number[],
  evalIds: readonly number[],
  vocabularySize: number,
): number {
  requireExamples(evalIds, evalIds);
  const counts = new Map<number, number>();
  for (const id of trainIds) increment(counts, id);
  const total = Math.log(trainIds.length + vocabularySize);
  return sum(evalIds.map((id) => total - Math.log((counts.get(id) ?? 0) + 1))) / evalIds.length;
}

/** Words in lower case; a number is one, punctuation is none. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The first of those with the highest score. */
function best<Item>(items: readonly Item[], scoreOf: (item: Item) => number): Item {
  const scores = items.map(scoreOf);
  const highest = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  return items[scores.indexOf(highest)]!;
}

function requireExamples(examples: readonly unknown[], labels: readonly unknown[], place = ''): void {
  if (examples.length > 0 && examples.length === labels.length) return;
  throw new InputError(
    `A baseline must have at least one example${place} and a label for each, received ${examples.length} and ` +
      `${labels.length}; check how the data was read.`,
    { expected: 'as many labels as examples', received: [examples.length, labels.length] },
  );
}
