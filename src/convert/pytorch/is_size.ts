/** Whether a value that a file gives is a whole number of things, small enough to count with. */
export function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
