import type { NormalizedString } from './normalized_string';

/** Stands for the id of a split that is still to be tokenized. */
export const NO_TOKEN = -1;

/**
 * What a text has been cut into, in order, as parallel lists; every split is a stretch of a {@link NormalizedString}.
 *
 * Each becomes one word. Empty ones are left out.
 */
export class SplitList {
  readonly texts: NormalizedString[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Id of the added token that the split is, or {@link NO_TOKEN}. */
  readonly ids: number[] = [];

  get length(): number {
    return this.ids.length;
  }

  /** Appends the stretch of `text` from `start` to `end`, if there is anything in it. */
  push(text: NormalizedString, start: number, end: number, id = NO_TOKEN): void {
    if (start === end) return;
    this.texts.push(text);
    this.starts.push(start);
    this.ends.push(end);
    this.ids.push(id);
  }

  /** The splits that `split` makes of those that are no added tokens. */
  splitEach(split: (text: NormalizedString, splits: SplitList) => void): SplitList {
    const splits = new SplitList();
    for (let index = 0; index < this.length; index++) {
      const text = this.texts[index]!;
      const start = this.starts[index]!;
      const end = this.ends[index]!;
      const id = this.ids[index]!;
      if (id !== NO_TOKEN) splits.push(text, start, end, id);
      else split(text.slice(start, end), splits);
    }
    return splits;
  }
}
