/** Batch and length of texts without padding. */
export type BatchShape = readonly [batch: number, length: number];

/**
 * Reads shapes written as `8x128,4x512`.
 *
 * @throws {RangeError} when one is not two whole numbers above 0.
 */
export function parseShapes(text: string): BatchShape[] {
  return text.split(',').map((shape) => {
    const match = /^([1-9]\d*)x([1-9]\d*)$/.exec(shape);
    if (match === null) throw new RangeError(`Shapes must be written as 8x128,4x512, received ${shape}.`);
    return [Number(match[1]), Number(match[2])];
  });
}
