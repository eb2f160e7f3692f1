import type { LoadingInfo } from '../convert/weight_plan';

/** What did not fit when a checkpoint was matched with its model, a line for each kind; no lines when all did. */
export function describeLoading({ missingKeys, unexpectedKeys, mismatchedKeys }: LoadingInfo): string[] {
  const mismatched = mismatchedKeys.map(
    ({ name, received, expected }) => `${name} ([${received}] instead of [${expected}])`,
  );
  return [
    ...describeNames('Missing', missingKeys),
    ...describeNames('Not used', unexpectedKeys),
    ...describeNames('Of another shape', mismatched),
  ];
}

function describeNames(kind: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${kind}: ${names.join(', ')}.`];
}
