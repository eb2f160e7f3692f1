/** A text that comes out otherwise than it should, as JSON. */
export interface Difference {
  text: string;
  expected: string;
  received: string;
}

/** The records that `run` gives another result for than `expected`. */
export function differences<R extends { text: string }>(
  records: readonly R[],
  run: (text: string) => unknown,
  expected: (record: R) => unknown,
): Difference[] {
  return records.flatMap((record) => {
    const difference = {
      text: record.text,
      expected: JSON.stringify(expected(record)),
      received: JSON.stringify(run(record.text)),
    };
    return difference.expected === difference.received ? [] : [difference];
  });
}
