import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SentencePieceEngine } from '../../../src/tokenization/sentencepiece/sentencepiece_engine';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { TokenList } from '../../../src/tokenization/token_list';
import { modelBytes } from '../tables';

interface Ties {
  readonly before: string;
  readonly records: Array<{ word: string; repeats: number; pieces: string[]; digest: string }>;
}

const model = (name: 'plain' | 'byte_fallback') => SentencePieceModel.fromBytes(modelBytes(name));
const plain = new SentencePieceEngine(model('plain'));
const bytes = new SentencePieceEngine(model('byte_fallback'));

function readFixture<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'fixtures', 'tokenizer', name), 'utf8')) as Content;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function tokensOf(engine: SentencePieceEngine, text: string, offset = 0): TokenList {
  const tokens = new TokenList();
  tokens.offset = offset;
  engine.encode(text, tokens);
  return tokens;
}

test('ties are settled as SentencePiece settles them, after texts of any length', () => {
  const { before, records } = readFixture<Ties>('ties.json');
  const engine = new SentencePieceEngine(model('byte_fallback'));
  const differing = records.filter(({ word, repeats, pieces, digest }) => {
    const text = before.repeat(repeats) + word;
    return (
      digestOf(engine.encodeIds(text).join(' ')) !== digest ||
      engine.encodePieces(text).slice(-pieces.length).join('|') !== pieces.join('|')
    );
  });
  expect(records.length).toBeGreaterThan(90);
  expect(differing).toEqual([]);
});

/** Whether a code point is a character that Unicode describes, so neither unassigned nor for private use. */
function isDescribed(code: number): boolean {
  return !/[\p{Cn}\p{Co}\p{Cs}]/u.test(String.fromCodePoint(code));
}

test('every character that Unicode describes comes out as in SentencePiece', () => {
  const { block, digests } = readFixture<{ block: number; digests: string[] }>('characters.json');
  const codesOf = (index: number) => Array.from({ length: block }, (_, place) => index * block + place);
  // Blocks without a character that Unicode describes are all alike, so that some of them do.
  const chosen = [...digests.keys()].filter((index) => index % 16 === 15 || codesOf(index).some(isDescribed));
  expect(chosen.length).toBeGreaterThan(50);
  const blocks = chosen.map((index) => {
    let lines = '';
    for (const code of codesOf(index)) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const character = String.fromCodePoint(code);
      for (const text of [`a${character}b`, `${character}\u0301 ${character}${character}`]) {
        lines += `${bytes.encodeIds(text).join(' ')}\n`;
      }
    }
    return digestOf(lines);
  });
  expect(blocks).toEqual(chosen.map((index) => digests[index]));
});

// Positions are those of Hugging Face's Rust library where it finds the same tokens.
const POSITIONS: [name: string, engine: SentencePieceEngine, text: string, spans: [piece: string, text: string][]][] = [
  [
    'the first ▁ belongs to the first letter, later ones to their space',
    plain,
    'the whale',
    [
      ['▁the', 'the'],
      ['▁whale', ' whale'],
    ],
  ],
  [
    'spaces around the text belong to nothing, several in it to the last',
    plain,
    '  the \t whale ',
    [
      ['▁the', 'the'],
      ['▁whale', ' whale'],
    ],
  ],
  [
    'what becomes several characters keeps its own place',
    plain,
    'ﬁ the',
    [
      ['▁f', 'ﬁ'],
      ['i', 'ﬁ'],
      ['▁the', ' the'],
    ],
  ],
  [
    'characters that become one are both covered',
    plain,
    'e\u0301',
    [
      ['▁', 'e\u0301'],
      ['é', 'e\u0301'],
    ],
  ],
  [
    'every byte has the place of its character',
    bytes,
    'the 🦊',
    [
      ['▁the', 'the'],
      ['▁', ' '],
      ['<0xF0>', '🦊'],
      ['<0x9F>', '🦊'],
      ['<0xA6>', '🦊'],
      ['<0x8A>', '🦊'],
    ],
  ],
  [
    'unknown characters in a row are one token',
    plain,
    'the 🦊🦉',
    [
      ['▁the', 'the'],
      ['▁', ' '],
      ['[UNK]', '🦊🦉'],
    ],
  ],
];

test.each(POSITIONS)('positions: %s', (_, engine, text, spans) => {
  const { ids, starts, ends } = tokensOf(engine, text);
  const { pieces } = engine === plain ? model('plain') : model('byte_fallback');
  expect(ids.map((id, index) => [pieces[id], text.slice(starts[index], ends[index])])).toEqual(spans);
});

test('positions count from the beginning of the whole text, words go on', () => {
  const tokens = tokensOf(plain, 'the whale', 100);
  expect([tokens.starts, tokens.ends, tokens.words]).toEqual([
    [100, 103],
    [103, 109],
    [0, 1],
  ]);
  plain.encode('the', tokens);
  expect(tokens.words).toEqual([0, 1, 2]);
});

test('the text of an unknown token is kept, normalized', () => {
  const tokens = tokensOf(plain, 'the 🦊🦉');
  expect([...tokens.surfaces]).toEqual([[2, '🦊🦉']]);
  expect(plain.encodePieces('the 🦊🦉')).toEqual(['▁the', '▁', '🦊🦉']);
});

test.each([
  ['a lone high surrogate', 'a\ud83db'],
  ['a lone low surrogate', '\udc00'],
  ['surrogates the wrong way round', '\udc00\ud83d'],
  ['NUL', 'a\0b'],
  ['unassigned characters', '\u0378\u{10ffff}'],
  ['nothing', ''],
  ['spaces alone', ' \t\u3000 '],
])('%s is taken without complaint', (_, text) => {
  for (const engine of [plain, bytes]) {
    const { ids, starts, ends } = tokensOf(engine, text);
    expect(ids).toEqual(engine.encodeIds(text));
    expect(ids).toHaveLength(engine.encodePieces(text).length);
    expect(starts.every((start, index) => start < ends[index]! && ends[index]! <= text.length)).toBe(true);
  }
});

test('a lone surrogate is taken for U+FFFD', () => {
  expect(bytes.encodeIds('a\ud83db')).toEqual(bytes.encodeIds('a\ufffdb'));
});

test('a text of a megabyte without spaces', () => {
  const text = 'abcdefghij'.repeat(100_000);
  const pieces = plain.encodePieces(text);
  expect(pieces.join('')).toBe(`▁${text}`);
  expect(plain.encodeIds('the whale')).toHaveLength(2);
});

test('user-defined pieces stay whole wherever they stand', () => {
  const extended = model('plain').withUserDefinedPieces(['<user>', 'ﬁ', 'e w']);
  const engine = new SentencePieceEngine(extended);
  expect(engine.encodePieces('<user>the ﬁ')).toEqual(['▁', '<user>', 'the', '▁', 'ﬁ']);
  expect(engine.encodeIds('<user>')[1]).toBe(extended.pieces.length - 3);
});

test('self-test samples that come out otherwise are told', () => {
  expect(plain.selfTest()).toEqual([]);
});
