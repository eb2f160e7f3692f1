import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import type { BatchEncoding, Encoding } from '../../src/tokenization/encoding/encoding';
import type { CallResult, PositionMaps, Span } from '../../src/tokenization/encoding/position_maps';
import type { Side } from '../../src/tokenization/encoding/truncate_sequences';
import { camelCaseKeys } from './camel_case_keys';
import { differences } from './parity/differences';
import { silenceLogger } from './silence_logger';
import { ALL_MODELS, type FastCallRecord, fixtureFolder, modelBytes, readTables } from './tables';

silenceLogger();

const tables = readTables('plain');
const ALGORITHMS = ['slow', 'fast'] as const;

// The plain model has no byte fallback, so that both algorithms cut the texts of these tables alike.
describe.each(ALGORITHMS)('DebertaV2TokenizerFast with the algorithm %s', (algorithm) => {
  const load = (truncationSide: Side) =>
    DebertaV2TokenizerFast.fromPretrained(fixtureFolder('plain'), { algorithm, truncationSide });
  const loaded: Partial<Record<Side, DebertaV2TokenizerFast>> = {};
  beforeAll(async () => {
    for (const side of ['left', 'right'] as const) loaded[side] = await load(side);
  });
  const pairOf = ({ text_pair: pair }: { text_pair: FastCallRecord['text_pair'] }) =>
    pair === null ? {} : { textPair: pair };

  const calls = tables.fast_calls.map((record) => ({ record, title: describeCall(record) }));
  test.each(calls)('is called with $title', ({ record }) => {
    const { truncation_side: truncationSide = 'right', ...options } = record.options;
    const tokenizer = loaded[truncationSide as Side]!;
    const call = () =>
      tokenizer.call(record.text as string, { ...camelCaseKeys(options), ...pairOf(record) }) as CallResult<
        Encoding | BatchEncoding
      >;
    if (record.error !== undefined) {
      expect(call).toThrowDebertaError('tokenizer', /./);
      return;
    }
    const result = call();
    expect(result).toEqual(withPlainLength(record.result!));
    const rows = Array.from({ length: result.numRows }, (_, row) => ({
      words: result.wordIds(row),
      sequences: result.sequenceIds(row),
    }));
    expect(rows).toEqual(record.rows);
  });

  // The two algorithms cut text apart that the character map changes.
  const positions = tables.positions
    .filter(({ text }) => algorithm === 'fast' || String(text).normalize('NFKC') === String(text))
    .map((record) => ({ record, title: describeCall(record) }));
  test.each(positions)('maps positions of $title', ({ record }) => {
    const result: PositionMaps = loaded.right!.call(record.text as string, {
      ...camelCaseKeys(record.options),
      ...pairOf(record),
    });
    expect(result.tokens()).toEqual(record.tokens);
    expect(result.wordIds()).toEqual(record.word_ids);
    expect(result.sequenceIds()).toEqual(record.sequence_ids);
    const byToken = <Value>(read: (token: number) => Value) => record.tokens.map((_, token) => read(token));
    expect(byToken((token) => result.tokenToSequence(token))).toEqual(record.token_to_sequence);
    expect(byToken((token) => result.tokenToWord(0, token))).toEqual(record.token_to_word);
    expect(byToken((token) => toPair(result.tokenToChars(token)))).toEqual(record.token_to_chars);
    const byPlace = <Value>(lists: readonly Value[][], read: (place: number, sequence: number) => Value) =>
      lists.map((list, sequence) => list.map((_, place) => read(place, sequence)));
    expect(byPlace(record.word_to_tokens, (word, at) => toPair(result.wordToTokens(0, word, at)))).toEqual(
      record.word_to_tokens,
    );
    expect(byPlace(record.word_to_chars, (word, at) => toPair(result.wordToChars(0, word, at)))).toEqual(
      record.word_to_chars,
    );
    expect(byPlace(record.char_to_token, (char, at) => result.charToToken(0, char, at))).toEqual(record.char_to_token);
    expect(byPlace(record.char_to_word, (char, at) => result.charToWord(0, char, at))).toEqual(record.char_to_word);
  });
});

describe.each(ALL_MODELS)('the algorithm slow with the %s model', (name) => {
  const settings = readTables(name).bySetting.map((table) => ({ ...table, title: JSON.stringify(table.settings) }));

  test.each(settings)('gives the tokens of the slow class under $title', async ({ settings: given, slow }) => {
    const tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes(name), camelCaseKeys(given));
    const run = (text: string) => {
      const encoded = tokenizer.call(text, { returnOffsetsMapping: true });
      return [encoded.input_ids, tokenizer.encode(text), tokenizer.tokenize(text), encoded.tokens().slice(1, -1)];
    };
    expect(differences(slow, run, ({ ids, tokens }) => [ids, ids, tokens, tokens])).toEqual([]);
    expect(slow.map(({ ids }) => tokenizer.decode(ids))).toEqual(slow.map(({ decoded }) => decoded));
  });

  // Where the character map changes the text, the reference's positions are those of the first character of a group, or
  // of a neighbour; ours are those of the whole group. The space before text that follows [UNK] is no part of it here.
  test.each(settings)(
    'gives the positions of the fast class under $title where the tokens are the same',
    async (table) => {
      const tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes(name), camelCaseKeys(table.settings));
      const compared = table.fast.filter(
        ({ text, ids }, index) =>
          table.slow[index]!.ids.slice(1, -1).join() === ids.join() &&
          !CHANGED.test(text.replaceAll(/[ıİ]/g, 'i')) &&
          text.normalize('NFKC') === text,
      );
      expect(compared.length).toBeGreaterThan(50);
      const run = (text: string) => {
        const encoded = tokenizer.call(text, { returnOffsetsMapping: true, addSpecialTokens: false });
        return [encoded.offset_mapping, encoded.wordIds()];
      };
      expect(differences(compared, run, ({ offsets, words }) => [offsets, words])).toEqual([]);
    },
  );
});

/** What the character map joins with neighbours or takes for white space, and [UNK]. */
const CHANGED = /[\p{M}\p{Cf}\p{Cc}\p{Cs}▁]|\[UNK\]/u;

function withPlainLength(result: Record<string, unknown>): Record<string, unknown> {
  const { length } = result;
  // The reference gives the length of one text in a list, which its own slow class does not.
  const isAlone = Array.isArray(length) && !Array.isArray((result.input_ids as unknown[])[0]);
  return isAlone ? { ...result, length: length[0] } : result;
}

function toPair(span: Span | null): [number, number] | null {
  return span === null ? null : [span.start, span.end];
}

function describeCall({ text, text_pair: pair, options }: Pick<FastCallRecord, 'text' | 'text_pair' | 'options'>) {
  return JSON.stringify({ text, pair, ...options }).slice(0, 200);
}
