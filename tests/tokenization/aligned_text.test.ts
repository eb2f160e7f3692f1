import {
  joinAligned,
  plainText,
  replaceCharacters,
  sliceAligned,
  sourceEnd,
  sourceStart,
} from '../../src/tokenization/aligned_text';
import { LowerCaser } from '../../src/tokenization/lower_caser';

test('a slice of a plain text knows where it begins', () => {
  const slice = sliceAligned(plainText('the whale'), 4, 9);
  expect(slice).toEqual({ text: 'whale', start: 4, alignment: undefined });
  expect([sourceStart(slice, 1), sourceEnd(slice, 5)]).toEqual([5, 9]);
});

test('neighbours join to a plain text, others keep their positions', () => {
  const text = plainText('abcdef');
  expect(joinAligned(sliceAligned(text, 1, 3), sliceAligned(text, 3, 5))).toEqual(sliceAligned(text, 1, 5));
  expect(joinAligned(sliceAligned(text, 0, 1), sliceAligned(text, 4, 6))).toEqual({
    text: 'aef',
    start: 0,
    alignment: { starts: [0, 4, 5], ends: [1, 5, 6] },
  });
});

test('a character that grows has its position in all its parts', () => {
  const grown = new LowerCaser([]).lower(plainText('AİB'));
  expect(grown.text).toBe('ai̇b');
  expect(grown.alignment).toEqual({ starts: [0, 1, 1, 2], ends: [1, 2, 2, 3] });
  expect([sourceStart(grown, 4), sourceEnd(grown, 0)]).toEqual([3, 0]);
  expect(sliceAligned(grown, 2, 4)).toEqual({ text: '̇b', start: 1, alignment: { starts: [1, 2], ends: [2, 3] } });
});

test('a replaced surrogate pair keeps the positions of its halves', () => {
  expect(replaceCharacters(plainText('𐐀x'), (character) => character.toLowerCase()).alignment).toEqual({
    starts: [0, 1, 2],
    ends: [1, 2, 3],
  });
});
