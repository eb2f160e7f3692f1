/** What became of one check. */
export interface CheckResult {
  readonly name: string;
  /** What is wrong; undefined if nothing is. */
  readonly problem: string | undefined;
}
