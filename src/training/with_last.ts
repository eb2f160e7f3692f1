/**
 * The same items, each with whether it is the last.
 *
 * Asks for an item ahead of the one it gives.
 *
 * @example
 * for await (const [item, isLast] of withLast(stream)) console.log(item, isLast);
 */
export async function* withLast<T>(items: AsyncIterable<T>): AsyncGenerator<readonly [item: T, isLast: boolean]> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (let current = await iterator.next(); !current.done; ) {
      const following = await iterator.next();
      yield [current.value, following.done === true];
      current = following;
    }
  } finally {
    await iterator.return?.();
  }
}
