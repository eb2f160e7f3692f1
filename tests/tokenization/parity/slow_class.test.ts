import { DebertaV2Tokenizer } from '../../../src/tokenization/deberta_v2_tokenizer';
import { camelCaseKeys } from '../camel_case_keys';
import { ALL_MODELS, modelBytes, readTables, type TokenizeRecord } from '../tables';
import { differences } from './differences';

const cases = ALL_MODELS.flatMap((name) =>
  readTables(name).bySetting.map(({ settings, slow }) => ({
    name,
    settings,
    records: slow,
    title: `the ${name} model, ${JSON.stringify(settings)}`,
  })),
);

test('every model has at least 300 hard texts', () => {
  for (const name of ALL_MODELS) expect(readTables(name).bySetting[0]!.slow.length).toBeGreaterThanOrEqual(300);
});

describe.each(cases)('the slow class of the reference with $title', ({ name, settings, records }) => {
  let tokenizer: DebertaV2Tokenizer;
  beforeAll(async () => {
    tokenizer = await DebertaV2Tokenizer.fromModel(modelBytes(name), camelCaseKeys(settings));
  });

  test('gives the same tokens', () => {
    expect(
      differences(
        records,
        (text) => tokenizer.tokenize(text),
        (record) => record.tokens,
      ),
    ).toEqual([]);
  });

  test('gives the same ids', () => {
    expect(
      differences(
        records,
        (text) => tokenizer.encode(text),
        (record) => record.ids,
      ),
    ).toEqual([]);
  });

  test('decodes alike, with and without special tokens, cleaned up or not', () => {
    const skipSpecialTokens = true;
    const cleanUpTokenizationSpaces = true;
    const ids = new Map(records.map((record) => [record.text, record.ids]));
    const run = (text: string) => [
      tokenizer.decode(ids.get(text)!),
      tokenizer.decode(ids.get(text)!, { skipSpecialTokens }),
      tokenizer.decode(ids.get(text)!, { skipSpecialTokens, cleanUpTokenizationSpaces }),
    ];
    const expected = (record: TokenizeRecord) => [
      record.decoded,
      record.decoded_skip_special_tokens,
      record.decoded_clean_up,
    ];
    expect(differences(records, run, expected)).toEqual([]);
  });
});
