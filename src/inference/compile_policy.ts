/** Which graph answers a call. */
export type GraphChoice = 'plain' | 'compiled';

/** What the policy knows of one shape. */
interface ShapeRecord {
  /**
   * `collecting`: the plain graph answers. `compiling`: it still does, and the compiler has been started. `trying`: the
   * compiled graph answers, to see whether it is faster. `compiled`: it is.
   */
  state: 'collecting' | 'compiling' | 'trying' | 'compiled';
  /** The fastest of recent plain calls: a slow machine of a minute ago is forgotten little by little. */
  plainMs: number;
  /** Spent in plain calls since the state last changed. */
  spentMs: number;
  /** Compiled calls that were not faster, in this state. */
  tries: number;
  /** How often the compiled graph has been given up for a while. */
  failures: number;
  /** Moment before which the compiler is not expected to be done. */
  notBefore: number;
}

/** Plain work on a shape that makes its compilation worth the moment when nothing else is to do. */
const IDLE_AFTER_MS = 500;
/** Plain work on a shape after which a step of its compilation may take a part of a call. */
const IN_CALL_AFTER_MS = 2000;
/** How long the compiler is left alone before its result is looked for; doubled with every failure. */
const COMPILER_MS = 1000;
/** Compiled calls before the compiled graph is given up for a while; the first one is slow in any case. */
const MOST_TRIES = 4;
/** Failures after which a shape is not compiled ahead any longer. */
const MOST_FAILURES = 4;
/** How much slower the fastest plain call seems with every slower one. */
const FORGETTING = 1.05;
/** Shapes remembered; those that are compiled are never forgotten. */
const MOST_RECORDS = 1024;

/**
 * Decides, shape by shape, when the compiled graph takes the plain one's place, so that no caller waits for the compiler.
 *
 * A shape starts with the plain graph. After half a second of work on it the compiler is started when the event loop is
 * idle, or after two seconds by a call, which the compiled graph answers by running its nodes as they are. When the
 * compiler should be done the compiled graph is tried a few times, and kept if it is faster once. Two costs remain that cannot be had
 * in the background: the call that starts the compiler, and the first one after it.
 */
export class CompilePolicy {
  readonly #records = new Map<string, ShapeRecord>();
  readonly #now: () => number;
  /** Shapes that the compiler was given. */
  #started = 0;

  /**
   * @param mostShapes how many shapes may be compiled; each holds memory until the session ends.
   * @param now the time in milliseconds.
   */
  constructor(
    readonly mostShapes: number,
    now: () => number = () => performance.now(),
  ) {
    this.#now = now;
  }

  /** Shapes the compiled graph answers. */
  get compiledShapes(): string[] {
    return [...this.#records].filter(([, { state }]) => state === 'compiled').map(([shape]) => shape);
  }

  /** Which graph answers the next call of a shape. */
  choose(shape: string): GraphChoice {
    const record = this.#records.get(shape);
    if (record === undefined) return 'plain';
    if (record.state === 'compiled' || record.state === 'trying') return 'compiled';
    return record.spentMs >= IN_CALL_AFTER_MS && this.#mayStep(record) ? 'compiled' : 'plain';
  }

  /** A shape whose compilation can go a step on while nothing else is to do. */
  idleStep(): string | undefined {
    const isDue = (record: ShapeRecord) => record.spentMs >= IDLE_AFTER_MS && this.#mayStep(record);
    return [...this.#records].find(([, record]) => record.state === 'trying' || isDue(record))?.[0];
  }

  /**
   * Milliseconds until the compiled graph may run a shape to have it compiled ahead of its calls.
   *
   * @returns undefined when it is compiled, has not been faster so far, or no more shapes may be compiled.
   */
  stepIn(shape: string): number | undefined {
    const { state, notBefore, failures } = this.#recordOf(shape);
    if (failures >= MOST_FAILURES) return undefined;
    if (state === 'trying') return 0;
    if (state === 'compiling') return Math.max(0, notBefore - this.#now());
    return state === 'collecting' && this.#started < this.mostShapes ? 0 : undefined;
  }

  #mayStep(record: ShapeRecord): boolean {
    if (record.state === 'collecting') return this.#started < this.mostShapes;
    return record.state === 'compiling' && this.#now() >= record.notBefore;
  }

  /** Tells how long a call took that the chosen graph answered. */
  report(shape: string, choice: GraphChoice, milliseconds: number): void {
    const record = this.#recordOf(shape);
    if (choice === 'plain') {
      record.plainMs = Math.min(record.plainMs * FORGETTING, milliseconds);
      record.spentMs += milliseconds;
    } else if (record.state === 'collecting') {
      this.#started++;
      this.#enter(record, 'compiling');
    } else if (record.state === 'compiling' || record.state === 'trying') {
      this.#judge(record, milliseconds);
    }
  }

  #judge(record: ShapeRecord, milliseconds: number): void {
    if (milliseconds < record.plainMs) {
      this.#enter(record, 'compiled');
      return;
    }
    if (record.state === 'compiling') this.#enter(record, 'trying');
    record.tries++;
    if (record.tries < MOST_TRIES) return;
    record.failures++;
    this.#enter(record, 'compiling');
  }

  #enter(record: ShapeRecord, state: ShapeRecord['state']): void {
    record.state = state;
    record.spentMs = 0;
    record.tries = 0;
    record.notBefore = this.#now() + COMPILER_MS * 2 ** record.failures;
  }

  /** Forgets all shapes; for when the session that compiled them has ended. */
  reset(): void {
    this.#records.clear();
    this.#started = 0;
  }

  #recordOf(shape: string): ShapeRecord {
    const known = this.#records.get(shape);
    if (known !== undefined) return known;
    if (this.#records.size >= MOST_RECORDS) this.#forgetOne();
    const made: ShapeRecord = {
      state: 'collecting',
      plainMs: Number.POSITIVE_INFINITY,
      spentMs: 0,
      tries: 0,
      failures: 0,
      notBefore: 0,
    };
    this.#records.set(shape, made);
    return made;
  }

  #forgetOne(): void {
    const oldest = [...this.#records].find(([, { state }]) => state === 'collecting');
    if (oldest !== undefined) this.#records.delete(oldest[0]);
  }
}
