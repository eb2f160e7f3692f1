/** The reference's options under this package's names: `max_length` → `maxLength`. */
export function camelCaseKeys(options: object): Record<string, never> {
  const entries = Object.entries(options).map(([key, value]) => [
    key.replace(/_[a-z]/g, (letters) => letters[1]!.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries) as Record<string, never>;
}
