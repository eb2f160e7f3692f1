import { NONE, PieceTrie, ROOT } from '../../../src/tokenization/unigram/piece_trie';
import fc from '../../harness/fast_check';

test('a walk meets every piece that begins on the way', () => {
  const trie = new PieceTrie(['▁', '▁a', 'b', '▁abc']);
  let node = ROOT;
  const met = [...'▁abc'].map((character) => {
    node = trie.child(node, character.charCodeAt(0));
    return trie.pieceAt(node);
  });
  expect(met).toEqual([0, 1, NONE, 3]);
  expect(trie.child(node, 0x64)).toBe(NONE);
});

test('the longest piece at a position', () => {
  const trie = new PieceTrie(['a', 'abc', '😀']);
  expect(trie.longestAt('xabcd', 1)).toBe(3);
  expect(trie.longestAt('xabd', 1)).toBe(1);
  expect(trie.longestAt('😀', 0)).toBe(2);
  expect(trie.longestAt('xabc', 0)).toBe(0);
});

test('empty pieces are left out; of equal ones the last counts, and the first repetition is told', () => {
  const trie = new PieceTrie(['a', '', 'b', 'a', 'b']);
  expect([trie.find('a'), trie.find('b'), trie.find('')]).toEqual([3, 4, NONE]);
  expect(trie.firstRepeated).toBe(3);
  expect(new PieceTrie(['a', 'b']).firstRepeated).toBe(NONE);
});

test('finds what a map finds, in vocabularies of any kind', () => {
  const pieces = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { maxLength: 300 });
  fc.assert(
    fc.property(pieces, fc.array(fc.string({ maxLength: 3 })), (vocabulary, others) => {
      const trie = new PieceTrie(vocabulary);
      for (const text of [...vocabulary, ...others]) expect(trie.find(text)).toBe(vocabulary.indexOf(text));
    }),
  );
});

test('grows beyond the room it begins with', () => {
  const pieces = Array.from({ length: 5000 }, (_, index) => `${'ab'.repeat(1 + (index % 9))}${index}`);
  const trie = new PieceTrie(pieces);
  expect(pieces.every((piece, id) => trie.find(piece) === id)).toBe(true);
});
