import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import type { Span } from '../../../src/tokenization/encoding/position_maps';
import { camelCaseKeys } from '../camel_case_keys';
import { modelBytes, type PositionRecord, readTables } from '../tables';

const { positions: records } = readTables('plain');

/** The record's text in which the two algorithms see characters at other places. */
const JOINED = 'e\u0301\u0323 \ufb01ne \uff34\uff48\uff45 \u3000 \ufdfa x';

describe.each(['slow', 'fast'] as const)('position maps, algorithm %s', (algorithm) => {
  let tokenizer: DebertaV2TokenizerFast;
  beforeAll(async () => {
    tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'), { algorithm });
  });

  const cases = records
    .filter(({ text }) => algorithm === 'fast' || text !== JOINED)
    .map((record) => ({ record, title: JSON.stringify([record.text, record.text_pair]) }));
  test.each(cases)('of $title', ({ record }) => {
    const { text, text_pair: textPair, options, ...expected } = record;
    const pair = textPair === null ? {} : { textPair: textPair as string };
    const result = tokenizer.call(text as string, { ...camelCaseKeys(options), ...pair });
    const tokens = expected.tokens.map((_, token) => token);
    const each = <T, R>(lists: T[][], map: (index: number, sequence: number) => R) =>
      lists.map((list, sequence) => list.map((_, index) => map(index, sequence)));
    const received: Omit<PositionRecord, 'text' | 'text_pair' | 'options'> = {
      tokens: result.tokens(),
      word_ids: result.wordIds(),
      sequence_ids: result.sequenceIds(),
      token_to_sequence: tokens.map((token) => result.tokenToSequence(token)),
      token_to_word: tokens.map((token) => result.tokenToWord(token)),
      token_to_chars: tokens.map((token) => toList(result.tokenToChars(token))),
      word_to_tokens: each(expected.word_to_tokens, (word, sequence) => toList(result.wordToTokens(0, word, sequence))),
      word_to_chars: each(expected.word_to_chars, (word, sequence) => toList(result.wordToChars(0, word, sequence))),
      char_to_token: each(expected.char_to_token, (char, sequence) => result.charToToken(0, char, sequence)),
      char_to_word: each(expected.char_to_word, (char, sequence) => result.charToWord(0, char, sequence)),
    };
    expect(received).toEqual(expected);
  });
});

test('the algorithm of the slow class gives joined characters the place of all of them', async () => {
  const tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'));
  const result = tokenizer.call(JOINED);
  const parts = [...JOINED].map((_, char) => {
    const token = result.charToToken(char);
    return token === null ? null : JOINED.slice(...toList(result.tokenToChars(token))!);
  });
  expect(parts.slice(0, 3)).toEqual(['e\u0301', 'e\u0301', '\u0323']);
  expect(parts[JOINED.indexOf('\ufb01')]).toContain('\ufb01');
});

function toList(span: Span | null): [number, number] | null {
  return span && [span.start, span.end];
}
