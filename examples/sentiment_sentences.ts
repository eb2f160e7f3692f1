import { readFileSync } from 'node:fs';

/** The classes, each at its index. */
export const SENTIMENTS = ['negative', 'positive'] as const;

/** A sentence of a review, with the index of its class. */
export interface RatedSentence {
  readonly text: string;
  readonly label: number;
}

/**
 * The Sentiment Labelled Sentences of Kotzias et al. (2015, CC BY 4.0), as the npm package `sentiment` has them: 3,000
 * sentences from reviews of products, films and restaurants, half of them positive. Repeated ones are left out.
 */
export function readSentimentSentences(): RatedSentence[] {
  const sentences = new Map<string, RatedSentence>();
  for (const name of ['amazon', 'imdb', 'yelp']) {
    const file = require.resolve(`sentiment/test/fixtures/${name}.json`);
    const rows = JSON.parse(readFileSync(file, 'utf8')) as { text: string; class: number | null }[];
    for (const { text, class: label } of rows) {
      // The last row of each file is empty.
      if (label !== null) sentences.set(text, { text, label });
    }
  }
  return [...sentences.values()];
}
