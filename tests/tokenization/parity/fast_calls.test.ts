import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import type { Side } from '../../../src/tokenization/encoding/truncate_sequences';
import { camelCaseKeys } from '../camel_case_keys';
import { silenceLogger } from '../silence_logger';
import { type FastCallRecord, modelBytes, readTables } from '../tables';

const { fast_calls: records } = readTables('plain');

silenceLogger();

describe.each(['slow', 'fast'] as const)('calls of the fast class, algorithm %s', (algorithm) => {
  let tokenizer: DebertaV2TokenizerFast;
  beforeAll(async () => {
    tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'), { algorithm });
  });

  const call = ({ text, text_pair: textPair, options }: FastCallRecord) => {
    const { truncation_side: side = 'right', ...others } = options;
    tokenizer.truncationSide = side as Side;
    const pair = textPair === null ? {} : { textPair };
    return tokenizer.call(text as string[], { ...camelCaseKeys(others), ...(pair as object) });
  };

  const answered = records.filter(({ result }) => result !== undefined);
  test.each(answered.map((record) => ({ record, title: titleOf(record) })))('$title', ({ record }) => {
    const result = call(record);
    expect(result).toEqual(oneLength(record.result!));
    expect(result.numRows).toBe(record.rows!.length);
    const rows = record.rows!.map((_, row) => ({ words: result.wordIds(row), sequences: result.sequenceIds(row) }));
    expect(rows).toEqual(record.rows);
  });

  const refused = records.filter(({ error }) => error !== undefined);
  test.each(refused.map((record) => ({ record, title: titleOf(record) })))('refuses $title', ({ record }) => {
    expect(() => call(record)).toThrowDebertaError('tokenizer', /./);
  });
});

function titleOf({ text, text_pair: pair, options }: FastCallRecord): string {
  return `${describeTexts(text)}, ${describeTexts(pair)}, ${JSON.stringify(options)}`;
}

function describeTexts(texts: unknown): string {
  if (texts === null) return 'nothing';
  return typeof texts === 'string' ? JSON.stringify(texts.slice(0, 12)) : JSON.stringify(texts).slice(0, 24);
}

/** The reference gives the length of a single text in a list of one. */
function oneLength(result: Record<string, unknown>): Record<string, unknown> {
  const { input_ids: ids, length } = result as { input_ids: unknown[]; length?: number[] };
  return length === undefined || Array.isArray(ids[0]) ? result : { ...result, length: length[0] };
}
