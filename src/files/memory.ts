/** Bytes that the system is asked to read or write at once: larger pieces leave the processor's cache on their way. */
export const PIECE_BYTES = 4 * 1024 * 1024;

/** Gives memory for a number of bytes, of any content. */
export type TakeMemory = (bytes: number) => Uint8Array<ArrayBuffer>;

/** Memory that nobody else uses. */
export const freshMemory: TakeMemory = (bytes) => new Uint8Array(bytes);

/**
 * Memory that is used again: what is taken is good until so many further takes.
 *
 * Asking the system for megabytes, which it clears, and giving them back costs more than filling them.
 *
 * @param turns number of pieces that are good at a time; each grows to the largest size it was asked for.
 *
 * @example
 * const take = memoryInTurns(2);
 * const [first, second] = [take(10), take(10)];
 * take(10).buffer === first.buffer; // true: the first is no longer good
 */
export function memoryInTurns(turns: number): TakeMemory {
  const buffers = Array.from({ length: turns }, () => new ArrayBuffer(0));
  let turn = 0;
  return (bytes) => {
    turn = (turn + 1) % turns;
    if (buffers[turn]!.byteLength < bytes) buffers[turn] = new ArrayBuffer(bytes);
    return new Uint8Array(buffers[turn]!, 0, bytes);
  };
}
