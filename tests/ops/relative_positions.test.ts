import {
  ascendingRelativeRows,
  descendingRelativeRows,
  logBucket,
  type RelativePositionOptions,
  relativeRow,
} from '../../src/ops/relative_positions';

const published: RelativePositionOptions = { span: 256, positionBuckets: 256, maxRelativePositions: 512 };
const noBuckets: RelativePositionOptions = { span: 5, positionBuckets: -1, maxRelativePositions: 5 };

/** For each bucket of the far half, the first distance in it. */
function firstDistances(buckets: number, maxDistance: number): number[] {
  const first = new Map<number, number>();
  for (let distance = buckets / 2 + 1; distance < maxDistance; distance++) {
    const bucket = logBucket(distance, buckets, maxDistance);
    if (!first.has(bucket)) first.set(bucket, distance);
  }
  return [...first.values()];
}

/** Bucket counts and farthest distances: those of published models first. */
const layouts: Array<[buckets: number, maxDistance: number]> = [
  [256, 512],
  [32, 512],
  [128, 512],
  [8, 64],
  [512, 1024],
  [4, 16],
];

describe('logBucket', () => {
  test.each([
    [135, 133],
    [150, 143],
    [200, 169],
    [256, 192],
    [300, 207],
    [400, 233],
    [500, 254],
    [511, 255],
    [512, 256],
    [600, 270],
  ])('of distance %i is %i for 256 buckets up to 512', (distance, bucket) => {
    expect(logBucket(distance, 256, 512)).toBe(bucket);
  });

  test('buckets 129 to 255 of (256, 512) begin at the distances of the reference', () => {
    const expected = [
      129, 130, 131, 133, 134, 136, 137, 139, 140, 142, 143, 145, 146, 148, 150, 151, 153, 155, 156, 158, 160, 161, 163,
      165, 167, 169, 170, 172, 174, 176, 178, 180, 182, 184, 186, 188, 190, 192, 194, 196, 198, 201, 203, 205, 207, 210,
      212, 214, 216, 219, 221, 224, 226, 229, 231, 234, 236, 239, 241, 244, 247, 249, 252, 255, 258, 260, 263, 266, 269,
      272, 275, 278, 281, 284, 287, 290, 294, 297, 300, 303, 307, 310, 313, 317, 320, 324, 327, 331, 335, 338, 342, 346,
      349, 353, 357, 361, 365, 369, 373, 377, 381, 385, 390, 394, 398, 403, 407, 411, 416, 420, 425, 430, 434, 439, 444,
      449, 454, 459, 464, 469, 474, 479, 484, 490, 495, 500, 506,
    ];
    expect(firstDistances(256, 512)).toEqual(expected);
  });

  test('distances 0 to 63 of (8, 64) fall into the buckets of the reference', () => {
    const expected = Array.from({ length: 64 }, (_, distance) => {
      if (distance <= 4) return distance;
      if (distance <= 10) return 5;
      return distance <= 25 ? 6 : 7;
    });
    expect(expected.map((_, distance) => logBucket(distance, 8, 64))).toEqual(expected);
  });

  test.each(layouts)(
    'distances up to half of %i buckets stand for themselves (farthest %i)',
    (buckets, maxDistance) => {
      for (let distance = -buckets / 2; distance <= buckets / 2; distance++) {
        expect(logBucket(distance, buckets, maxDistance)).toBe(distance);
      }
    },
  );

  test.each(layouts)('buckets (%i, %i) are antisymmetric', (buckets, maxDistance) => {
    for (let distance = 1; distance < 2 * maxDistance; distance++) {
      expect(logBucket(-distance, buckets, maxDistance)).toBe(-logBucket(distance, buckets, maxDistance));
    }
  });

  test.each(layouts)('buckets (%i, %i) grow with the distance and end at the last bucket', (buckets, maxDistance) => {
    for (let distance = 1; distance < maxDistance; distance++) {
      const step = logBucket(distance, buckets, maxDistance) - logBucket(distance - 1, buckets, maxDistance);
      expect(step === 0 || step === 1).toBe(true);
    }
    expect(logBucket(maxDistance - 1, buckets, maxDistance)).toBe(buckets - 1);
  });
});

describe('relativeRow', () => {
  test.each([
    [0, 256],
    [3, 259],
    [-3, 253],
    [150, 399],
    [-150, 113],
    [511, 511],
    [-511, 1],
    [512, 511],
    [-512, 0],
    [5000, 511],
    [-5000, 0],
  ])('distance %i reads row %i of 512 with buckets', (distance, row) => {
    expect(relativeRow(distance, published)).toBe(row);
  });

  test.each([
    [0, 5],
    [4, 9],
    [-4, 1],
    [5, 9],
    [-5, 0],
    [100, 9],
    [-100, 0],
  ])('distance %i reads row %i of 10 without buckets', (distance, row) => {
    expect(relativeRow(distance, noBuckets)).toBe(row);
  });

  // A farthest distance within the identity half leaves no room for far buckets; the reference clamps there too.
  test.each([1, 2, 3, 4, 5, 6])('stays inside the table for 8 buckets up to distance %i', (maxRelativePositions) => {
    for (let distance = -20; distance <= 20; distance++) {
      const row = relativeRow(distance, { span: 8, positionBuckets: 8, maxRelativePositions });
      expect(Number.isInteger(row) && row >= 0 && row < 16).toBe(true);
    }
  });
});

describe.each([
  ['with buckets', { span: 4, positionBuckets: 4, maxRelativePositions: 16 }],
  ['without buckets', noBuckets],
])('rows by distance %s', (_name, options) => {
  test.each([1, 2, 5, 6, 40])('run through all distances of length %i, and one row more', (length) => {
    const distances = Array.from({ length: 2 * length - 1 }, (_, i) => length - 1 - i);
    const rows = distances.map((distance) => relativeRow(distance, options));
    const descending = [...descendingRelativeRows(length, options)];
    const ascending = [...ascendingRelativeRows(length, options)];
    expect(descending.slice(0, -1)).toEqual(rows);
    expect(ascending.slice(0, -1)).toEqual(rows.reverse());
    for (const extra of [descending.at(-1)!, ascending.at(-1)!]) {
      expect(extra >= 0 && extra < 2 * options.span).toBe(true);
    }
  });
});
