/** Something {@link linkNativeTensorflow} did. */
export interface NativeStep {
  /** In words, such as `built the addon`. */
  readonly name: string;
  readonly milliseconds: number;
}

/** Who is told of steps and progress. */
export interface StepListeners {
  /** Called when a step is done. */
  readonly onStep?: ((step: NativeStep) => void) | undefined;
  /** Called now and then while something is fetched: bytes there, of how many. */
  readonly onProgress?: ((progress: { readonly loaded: number; readonly total: number }) => void) | undefined;
}

/** Keeps time of the steps, and tells of them. */
export class Steps {
  readonly done: NativeStep[] = [];

  constructor(private readonly listeners: StepListeners) {}

  /**
   * Does a step; one that fails is not counted.
   *
   * @param name in words, which may depend on the outcome.
   */
  async run<T>(name: string | ((result: T) => string), act: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await act();
    const told = typeof name === 'string' ? name : name(result);
    const step = { name: told, milliseconds: Math.round(performance.now() - start) };
    this.done.push(step);
    this.listeners.onStep?.(step);
    return result;
  }

  progress(loaded: number, total: number): void {
    this.listeners.onProgress?.({ loaded, total });
  }
}
