/** A global that a pickle may call. What it makes is decided here; nothing is looked up by the pickle's words. */
export class PickleFunction {
  /**
   * @param name as Python spells it, for messages.
   * @param call what it makes of its arguments; throws for those it does not take.
   */
  constructor(
    readonly name: string,
    readonly call: (args: readonly unknown[]) => unknown,
  ) {}
}
