import { type HostMask, maskHeads, maskSize, packRows, writeMask } from '../../src/inference/text_rows';

const LENGTH = 4;

const tokens = (...rows: number[][]): HostMask => ({ values: rows.flat(), shape: [rows.length, LENGTH] });

interface PackingCase {
  readonly mask: HostMask | undefined;
  /** `[first row, length, text, whether masked]` of each text. */
  readonly texts: ReadonlyArray<readonly [number, number, number, boolean]>;
  readonly sources: readonly number[];
  readonly rowOfPlace: readonly number[];
  readonly scales?: readonly number[];
}

const CASES: ReadonlyArray<readonly [string, PackingCase]> = [
  [
    'no mask',
    {
      mask: undefined,
      texts: [
        [0, 4, 0, false],
        [4, 4, 1, false],
      ],
      sources: [0, 1, 2, 3, 4, 5, 6, 7],
      rowOfPlace: [0, 1, 2, 3, 4, 5, 6, 7],
    },
  ],
  [
    'padding behind and in front',
    {
      mask: tokens([1, 1, 0, 0], [0, 1, 1, 1]),
      texts: [
        [0, 2, 0, false],
        [2, 3, 1, false],
      ],
      sources: [0, 1, 5, 6, 7, 2],
      rowOfPlace: [0, 1, 5, 5, 5, 2, 3, 4],
      scales: [1, 1, 1, 1, 1, 0],
    },
  ],
  [
    'padding on both sides',
    {
      mask: tokens([0, 1, 1, 0], [1, 1, 1, 1]),
      texts: [
        [0, 2, 0, false],
        [2, 4, 1, false],
      ],
      sources: [1, 2, 4, 5, 6, 7, 0],
      rowOfPlace: [6, 0, 1, 6, 2, 3, 4, 5],
      scales: [1, 1, 1, 1, 1, 1, 0],
    },
  ],
  [
    'a text that is padding throughout',
    {
      mask: tokens([0, 0, 0, 0], [1, 0, 0, 0]),
      texts: [[0, 1, 1, false]],
      sources: [4, 0],
      rowOfPlace: [1, 1, 1, 1, 0, 1, 1, 1],
      scales: [1, 0],
    },
  ],
  [
    'nothing but padding',
    {
      mask: tokens([0, 0, 0, 0], [0, 0, 0, 0]),
      texts: [],
      sources: [0],
      rowOfPlace: [0, 0, 0, 0, 0, 0, 0, 0],
      scales: [0],
    },
  ],
  [
    'a hole, whose text keeps all of its rows',
    {
      mask: tokens([1, 0, 1, 0], [1, 1, 0, 0]),
      texts: [
        [0, 4, 0, true],
        [4, 2, 1, false],
      ],
      sources: [0, 1, 2, 3, 4, 5, 6],
      rowOfPlace: [0, 1, 2, 3, 4, 5, 6, 6],
      scales: [1, 0, 1, 0, 1, 1, 0],
    },
  ],
  [
    'tokens that are real by half',
    {
      mask: tokens([1, 0.5, 0, 0], [1, 1, 1, 1]),
      texts: [
        [0, 4, 0, true],
        [4, 4, 1, false],
      ],
      sources: [0, 1, 2, 3, 4, 5, 6, 7],
      rowOfPlace: [0, 1, 2, 3, 4, 5, 6, 7],
      scales: [1, 0.5, 0, 0, 1, 1, 1, 1],
    },
  ],
  [
    'pairs: a token is as real as some query has it',
    {
      mask: {
        values: [
          ...[1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
          ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ],
        shape: [2, 1, LENGTH, LENGTH],
      },
      texts: [
        [0, 4, 0, true],
        [4, 4, 1, true],
      ],
      sources: [0, 1, 2, 3, 4, 5, 6, 7],
      rowOfPlace: [0, 1, 2, 3, 4, 5, 6, 7],
      scales: [1, 1, 0, 0, 0, 0, 0, 0],
    },
  ],
];

describe('packRows', () => {
  test.each(CASES)('%s', (_name, { mask, texts, sources, rowOfPlace, scales }) => {
    const rows = packRows(0, 2, LENGTH, mask);
    expect(rows.texts).toEqual(
      texts.map(([firstRow, length, text, isMasked]) => ({ firstRow, length, text, isMasked })),
    );
    expect([...rows.sources]).toEqual(sources);
    expect([...rows.rowOfPlace]).toEqual(rowOfPlace);
    expect(rows.scales && [...rows.scales]).toEqual(scales);
    expect(rows.count).toBe(sources.length);
    const hasPadding = rowOfPlace.some((row, place) => sources[row] !== place);
    expect(rows.paddingRow).toBe(hasPadding || texts.length === 0 ? sources.length - 1 : undefined);
  });

  test('a part of a batch has the places of the whole one as sources, and its own as places', () => {
    const mask = tokens([1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1]);
    const rows = packRows(1, 3, LENGTH, mask);
    expect([...rows.sources]).toEqual([4, 5, 9, 10, 11, 6]);
    expect([...rows.rowOfPlace]).toEqual([0, 1, 5, 5, 5, 2, 3, 4]);
    expect(rows.texts.map(({ text }) => text)).toEqual([1, 2]);
  });
});

describe('the mask of a text', () => {
  const written = (mask: HostMask, text: number) => {
    const target = new Float32Array(maskSize(mask, 2));
    writeMask(mask, text, 2, target);
    return [...target];
  };

  test('of tokens masks queries and keys', () => {
    const mask: HostMask = { values: [1, 1, 0.5, 1], shape: [2, 2] };
    expect([written(mask, 0), written(mask, 1)]).toEqual([
      [1, 1, 1, 1],
      [0.25, 0.5, 0.5, 1],
    ]);
    expect(maskHeads(mask.shape)).toBe(1);
  });

  test('of keys is the same for every query', () => {
    expect(written({ values: [1, 1, 1, 0], shape: [2, 1, 1, 2] }, 1)).toEqual([1, 0, 1, 0]);
  });

  test('of pairs and heads is as it stands', () => {
    const values = Array.from({ length: 24 }, (_, index) => index);
    const mask: HostMask = { values, shape: [2, 3, 2, 2] };
    expect(maskHeads(mask.shape)).toBe(3);
    expect(written(mask, 1)).toEqual(values.slice(12));
  });
});
