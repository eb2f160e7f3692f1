/** The fields that have a value, so that a default or an earlier layer of settings shows through the others. */
export function withoutUndefined<T extends object>(value: T): WithoutUndefined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as WithoutUndefined<T>;
}

type WithoutUndefined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };
