/** How often a class was right, predicted and labelled. */
export interface ClassCount {
  /** Predictions of the class that its label confirms. */
  readonly hits: number;
  readonly predicted: number;
  /** Labels of the class, or entities of the type. */
  readonly support: number;
}

type Counted = keyof ClassCount;

/** Counts by class, which precision, recall and their kin are made of. */
export class ClassCounts<Class extends string | number> {
  private readonly counts = new Map<Class, Record<Counted, number>>();

  /** Counts of one class, zeros for one that never occurred. */
  of(name: Class): ClassCount {
    return this.counts.get(name) ?? { hits: 0, predicted: 0, support: 0 };
  }

  /** The classes that occurred, sorted. */
  classes(): Class[] {
    return [...this.counts.keys()].sort((a, b) => (a < b ? -1 : 1));
  }

  /** Counts a class once more. */
  add(name: Class, counted: Counted): void {
    let count = this.counts.get(name);
    if (count === undefined) {
      count = { hits: 0, predicted: 0, support: 0 };
      this.counts.set(name, count);
    }
    count[counted]++;
  }
}
