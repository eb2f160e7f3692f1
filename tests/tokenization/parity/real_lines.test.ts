import { DebertaV2Tokenizer } from '../../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { camelCaseKeys } from '../camel_case_keys';
import { ALL_MODELS, modelBytes } from '../tables';
import { digestsOf, LINES_IN_A_CHUNK, readLineDigests, readRealLines } from './real_lines';

const lines = readRealLines();
const digests = readLineDigests();

const encodeLines = (tokenizer: DebertaV2Tokenizer | DebertaV2TokenizerFast, list: readonly string[] = lines) =>
  list.map((line) => tokenizer.encode(line, { addSpecialTokens: false }));

/** The first lines of the chunks whose ids are not those of the reference; rows of all lines by default. */
function wrongChunks(rows: readonly number[][], expected: readonly string[], list: readonly string[] = lines) {
  const found = digestsOf(rows);
  expect(found).toHaveLength(expected.length);
  return found.flatMap((digest, chunk) => (digest === expected[chunk] ? [] : [list[chunk * LINES_IN_A_CHUNK]]));
}

/** Whether a chunk is one of those that stand for all where the same engine has cut all lines already. */
const isInPart = (chunk: number) => chunk % 4 === 0;
const part = lines.filter((_, index) => isInPart(Math.floor(index / LINES_IN_A_CHUNK)));

test('there are more than 20,000 lines', () => {
  expect(lines).toHaveLength(23_401);
});

describe.each(ALL_MODELS)('real text with the %s model', (name) => {
  const { settings, slow, fast, differing, tokens } = digests[name];
  const options = camelCaseKeys(settings);
  let slowRows: number[][];
  let fastRows: number[][];
  beforeAll(async () => {
    const bytes = modelBytes(name);
    slowRows = encodeLines(await DebertaV2TokenizerFast.fromModel(bytes, options));
    fastRows = encodeLines(await DebertaV2TokenizerFast.fromModel(bytes, { ...options, algorithm: 'fast' }));
  });

  test('DebertaV2Tokenizer gives the ids of the slow class, on a part of the lines', async () => {
    const tokenizer = await DebertaV2Tokenizer.fromModel(modelBytes(name), options);
    const expected = slow.filter((_, chunk) => isInPart(chunk));
    expect(wrongChunks(encodeLines(tokenizer, part), expected, part)).toEqual([]);
  });

  test('DebertaV2TokenizerFast gives the ids of the slow class', () => {
    expect(wrongChunks(slowRows, slow)).toEqual([]);
    expect(slowRows.reduce((count, ids) => count + ids.length, 0)).toBe(tokens);
  });

  test('DebertaV2TokenizerFast gives the ids of the fast class with its algorithm', () => {
    expect(wrongChunks(fastRows, fast)).toEqual([]);
  });

  test('the two algorithms differ on the lines that the two classes differ on', () => {
    const found = slowRows.flatMap((ids, index) => (ids.join() === fastRows[index]!.join() ? [] : [index]));
    expect(found).toEqual(differing);
  });
});
