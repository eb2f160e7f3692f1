import { readFileSync, writeFileSync } from 'node:fs';
import { addedToken } from '../../src/tokenization/added_token';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import type { PreTrainedTokenizer } from '../../src/tokenization/pretrained_tokenizer';
import { PieceType } from '../../src/tokenization/sentencepiece/model_proto';
import { SentencePieceModel } from '../../src/tokenization/sentencepiece/sentencepiece_model';
import { TokenizerVocabulary } from '../../src/tokenization/tokenizer_vocabulary';
import { type Corpus, type TrimmedTokenizer, trimTokenizer } from '../../src/tokenization/trim_tokenizer';
import fc from '../harness/fast_check';
import { readRealLines } from './parity/real_lines';
import { RustTokenizer } from './parity/rust_tokenizer';
import { anyText } from './properties/any_text';
import { silenceLogger } from './silence_logger';
import { type AnyModelName, modelBytes, RAW_MODELS, readRawTables, readTexts } from './tables';
import { temporaryFolder } from './temporary_folder';

silenceLogger();

type Trimmed = TrimmedTokenizer<PreTrainedTokenizer>;

/** Real lines and what is hard to cut, a part of either, so that other texts remain. */
const CORPUS = [
  ...readTexts().shared.filter((_, index) => index % 2 === 0),
  ...readRealLines().filter((_, index) => index % 600 === 0),
];
const OTHERS = [
  ...readTexts().shared.filter((_, index) => index % 2 === 1),
  ...readRealLines().filter((_, index) => index % 600 === 300),
];

/** Every way a tokenizer can be made. */
const MAKERS: Record<string, (name: AnyModelName) => Promise<PreTrainedTokenizer>> = {
  slow: (name) => DebertaV2Tokenizer.fromModel(modelBytes(name)),
  'slow, sentencepiece-js': (name) => DebertaV2Tokenizer.fromModel(modelBytes(name), { engine: 'sentencepiece-js' }),
  'slow, lower-cased and split': (name) =>
    DebertaV2Tokenizer.fromModel(modelBytes(name), { doLowerCase: true, splitByPunct: true }),
  fast: (name) => DebertaV2TokenizerFast.fromModel(modelBytes(name)),
  'fast, algorithm fast': (name) => DebertaV2TokenizerFast.fromModel(modelBytes(name), { algorithm: 'fast' }),
  'tokenizer.json': async (name) => DebertaV2TokenizerFast.fromJson(await jsonOf(name, 'fast')),
  'tokenizer.json, slow tokens': async (name) => DebertaV2TokenizerFast.fromJson(await jsonOf(name, 'slow')),
};

async function jsonOf(name: AnyModelName, algorithm: 'slow' | 'fast'): Promise<object> {
  return (await DebertaV2TokenizerFast.fromModel(modelBytes(name), { algorithm })).toTokenizerJson();
}

/** What a text must become: the old ids by their new numbers; undefined where one of them is gone. */
function expectedIds(before: PreTrainedTokenizer, { oldIds }: Trimmed, text: string): number[] | undefined {
  const newIds = before.encode(text).map((id) => oldIds.indexOf(id));
  return newIds.includes(-1) ? undefined : newIds;
}

const cases: { name: AnyModelName; maker: string }[] = [
  ...Object.keys(MAKERS).map((maker) => ({ name: 'byte_fallback' as const, maker })),
  { name: 'plain', maker: 'slow' },
  { name: 'plain', maker: 'fast' },
  { name: 'plain', maker: 'tokenizer.json' },
  { name: 'multilingual', maker: 'fast, algorithm fast' },
  { name: 'lower_cased', maker: 'slow, lower-cased and split' },
];

describe.each(cases)('the $maker tokenizer of the $name model, trimmed', ({ name, maker }) => {
  let before: PreTrainedTokenizer;
  let trimmed: Trimmed;
  beforeAll(async () => {
    before = await MAKERS[maker]!(name);
    trimmed = await before.trim(CORPUS);
  });

  test('is smaller, and cuts every text of the corpus as before', () => {
    expect(trimmed.tokenizer.length).toBe(trimmed.oldIds.length);
    expect(trimmed.tokenizer.length).toBeLessThan(before.length);
    expect(CORPUS.map((text) => trimmed.tokenizer.encode(text))).toEqual(
      CORPUS.map((text) => expectedIds(before, trimmed, text)),
    );
    expect(CORPUS.map((text) => trimmed.tokenizer.tokenize(text))).toEqual(CORPUS.map((text) => before.tokenize(text)));
  });

  test('cuts any text as before whose tokens are all there, and others without growing', () => {
    let unchanged = 0;
    const ofCorpus = fc
      .array(fc.constantFrom(...CORPUS), { minLength: 1, maxLength: 4 })
      .map((texts) => texts.join(' '));
    fc.assert(
      fc.property(fc.oneof(ofCorpus, anyText, fc.constantFrom(...OTHERS)), (text) => {
        const expected = expectedIds(before, trimmed, text);
        const received = trimmed.tokenizer.encode(text);
        expect(Math.max(...received)).toBeLessThan(trimmed.oldIds.length);
        if (expected === undefined) return;
        unchanged++;
        expect(received).toEqual(expected);
      }),
      { numRuns: 100 },
    );
    // Those made of texts of the corpus at least, of which one in hundreds has a tie that is settled otherwise.
    expect(unchanged).toBeGreaterThan(25);
  });

  test('keeps the ids of special tokens in front, and [MASK] behind the pieces', () => {
    const { tokenizer } = trimmed;
    const { padTokenId, clsTokenId, sepTokenId, unkTokenId, maskTokenId } = tokenizer;
    expect([padTokenId, clsTokenId, sepTokenId, unkTokenId]).toEqual([0, 1, 2, 3]);
    expect(maskTokenId).toBe(tokenizer.vocabSize);
    expect(tokenizer.length).toBe(tokenizer.vocabSize + 1);
    const pair = tokenizer.call(CORPUS[3]!, { textPair: `${CORPUS[5]!} [MASK]` });
    const old = before.call(CORPUS[3]!, { textPair: `${CORPUS[5]!} [MASK]` });
    expect(pair).toEqual({ ...old, input_ids: old.input_ids.map((id) => trimmed.oldIds.indexOf(id)) });
    expect(tokenizer.decode(pair.input_ids)).toBe(before.decode(old.input_ids));
  });

  const place = temporaryFolder();
  test('saves itself, and is the same when loaded', async () => {
    await trimmed.tokenizer.savePretrained(place());
    const engine = maker.endsWith('-js') ? 'sentencepiece-js' : 'builtin';
    const loaded = maker.startsWith('slow')
      ? await DebertaV2Tokenizer.fromPretrained(place(), { engine })
      : await DebertaV2TokenizerFast.fromPretrained(place());
    expect(loaded.getVocab()).toEqual(trimmed.tokenizer.getVocab());
    const texts = [...CORPUS, ...OTHERS];
    expect(texts.map((text) => loaded.encode(text))).toEqual(texts.map((text) => trimmed.tokenizer.encode(text)));
  });
});

describe.each(RAW_MODELS)('the %s model, with what DeBERTa never has, trimmed', (name) => {
  const texts = readRawTables().models[name].map(({ text }) => text);

  test.each(['a half of the texts', 'all of the texts'])('cuts %s as before', async (which) => {
    const corpus = texts.filter((_, index) => which.startsWith('all') || index % 2 === 0);
    const before = await DebertaV2Tokenizer.fromModel(modelBytes(name));
    const trimmed = await before.trim(corpus);
    expect(corpus.map((text) => trimmed.tokenizer.tokenize(text))).toEqual(corpus.map((text) => before.tokenize(text)));
    expect(corpus.map((text) => trimmed.tokenizer.encode(text))).toEqual(
      corpus.map((text) => expectedIds(before, trimmed, text)),
    );
    const model = SentencePieceModel.fromBytes(modelBytes(name));
    const userDefined = model.pieces.filter((_, id) => model.types[id] === PieceType.userDefined);
    expect(userDefined.filter((piece) => !trimmed.tokenizer.getVocab().has(piece))).toEqual([]);
  });
});

describe('what a trimmed tokenizer writes is read by others', () => {
  test.each(['plain', 'byte_fallback'] as const)('spm.model of %s by sentencepiece-js', async (name) => {
    const before = await DebertaV2Tokenizer.fromModel(modelBytes(name));
    const { tokenizer } = await before.trim(CORPUS);
    const [path] = await tokenizer.saveVocabulary(place());
    const other = await DebertaV2Tokenizer.fromModel(readFileSync(path!), { engine: 'sentencepiece-js' });
    // Ties, which the older version settles otherwise, are left to the tests of that engine.
    const differing = CORPUS.filter((text) => other.tokenize(text).join() !== before.tokenize(text).join());
    const original = await DebertaV2Tokenizer.fromModel(modelBytes(name), { engine: 'sentencepiece-js' });
    expect(differing).toEqual(CORPUS.filter((text) => original.tokenize(text).join() !== before.tokenize(text).join()));
  });

  test.each([
    ['plain', 'fast'],
    ['byte_fallback', 'fast'],
    ['multilingual', 'fast'],
    ['byte_fallback', 'slow'],
  ] as const)('tokenizer.json of %s, algorithm %s, by the Rust library', async (name, algorithm) => {
    const before = DebertaV2TokenizerFast.fromJson(await jsonOf(name, algorithm));
    const trimmed = await before.trim(CORPUS);
    const rust = await RustTokenizer.of(trimmed.tokenizer);
    for (const text of CORPUS) expect(await rust.encodeIds(text)).toEqual(expectedIds(before, trimmed, text));
    expect(await rust.encodeIds('x', 'y')).toEqual(trimmed.tokenizer.encode('x', { textPair: 'y' }));
  });

  const place = temporaryFolder();
});

describe('which tokens stay', () => {
  const load = () => DebertaV2TokenizerFast.fromModel(modelBytes('byte_fallback'));
  const tokensOf = (tokenizer: PreTrainedTokenizer) => new Set(tokenizer.getVocab().keys());

  test('those in use, their characters, bytes, special and added ones, and the extremes of the scores', async () => {
    const before = await load();
    before.addTokens(['krill', addedToken('▁whale', { singleWord: true })]);
    const { tokenizer, report } = await before.trim(['The whale and the krill']);
    const model = SentencePieceModel.fromBytes(modelBytes('byte_fallback'));
    const used = before.tokenize('The whale and the krill');
    const added = ['[PAD]', '[CLS]', '[SEP]', '[UNK]', '[MASK]', 'krill', '▁whale'];
    const letters = used.filter((token) => !added.includes(token)).join('');
    const characters = [...new Set(letters)].filter((character) => model.has(character));
    const scores = model.scores.filter((_, id) => model.types[id] === PieceType.normal);
    const extremes = [Math.min(...scores), Math.max(...scores)];
    const vocabulary = tokensOf(tokenizer);
    const bytes = [...vocabulary].filter((token) => /^<0x..>$/.test(token));
    expect(bytes).toHaveLength(256);
    const rest = [...vocabulary].filter((token) => !bytes.includes(token));
    const expected = new Set([...used, ...characters, ...added]);
    const beyond = rest.filter((token) => !expected.has(token));
    expect(beyond.length).toBeLessThanOrEqual(2);
    for (const token of beyond) expect(extremes).toContain(model.scores[model.idOf(token)]);
    expect([...expected].filter((token) => !vocabulary.has(token))).toEqual([]);
    expect(report).toEqual({
      texts: 1,
      tokens: used.length,
      usedTokens: new Set(used).size,
      coverage: 1,
      changedTexts: 0,
      tokensBefore: before.length,
      tokensAfter: tokenizer.length,
    });
  });

  test('ids of added tokens close up behind the pieces, whatever they were', async () => {
    const before = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'), {
      addedTokens: new Map([
        [2300, addedToken('krill')],
        [2100, addedToken('[MASK]', { special: true })],
      ]),
    });
    const { tokenizer, oldIds } = await before.trim(['the krill [MASK]']);
    expect(oldIds.slice(-2)).toEqual([2100, 2300]);
    expect(tokenizer.getAddedVocab().get('krill')).toBe(tokenizer.vocabSize + 1);
    expect(tokenizer.tokenize('the krill [MASK]')).toEqual(before.tokenize('the krill [MASK]'));
  });

  test('keep names tokens that the corpus lacks', async () => {
    const before = await load();
    const without = await before.trim(['The sea']);
    const { tokenizer } = await before.trim(['The sea'], { keep: ['▁whale', '▁ship'] });
    expect([...tokensOf(tokenizer)].filter((token) => !tokensOf(without.tokenizer).has(token))).toEqual(
      expect.arrayContaining(['▁whale', '▁ship']),
    );
    expect(tokenizer.length).toBe(without.tokenizer.length + 2);
  });

  test('minCount drops what is rare: the texts that hold it are counted, the others cut as before', async () => {
    const before = await load();
    const corpus = ['the whale', 'the whale', 'the ship'];
    const trimmed = await before.trim(corpus, { minCount: 2 });
    expect(trimmed.report).toMatchObject({ texts: 3, tokens: 6, usedTokens: 3, coverage: 5 / 6, changedTexts: 1 });
    expect(trimmed.tokenizer.tokenize('the whale')).toEqual(['▁the', '▁whale']);
    // In single characters, which stay.
    expect(trimmed.tokenizer.tokenize('the ship').slice(1).join('')).toBe('▁ship');
    expect(trimmed.tokenizer.tokenize('the ship')).not.toContain('▁ship');
  });

  test('texts in other characters become bytes, or [UNK] in a model without', async () => {
    const { tokenizer: bytes } = await (await load()).trim(['the sea']);
    expect(bytes.tokenize('Q')).toEqual(['▁', '<0x51>']);
    expect(bytes.decode(bytes.encode('Q'), { skipSpecialTokens: true })).toBe('Q');
    const plain = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'));
    const { tokenizer } = await plain.trim(['the sea']);
    expect(tokenizer.encode('Q').slice(1, -1).at(-1)).toBe(tokenizer.unkTokenId);
    // In the letters of the corpus nothing is unknown.
    expect(tokenizer.encode('hates')).not.toContain(tokenizer.unkTokenId);
  });

  test('settings and unknown keys of tokenizer_config.json stay', async () => {
    const before = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'), {
      doLowerCase: true,
      modelMaxLength: 77,
      paddingSide: 'left',
    });
    const { tokenizer } = await before.trim(['The Sea']);
    expect(tokenizer).toMatchObject({ doLowerCase: true, modelMaxLength: 77, paddingSide: 'left', algorithm: 'slow' });
  });
});

describe('the corpus', () => {
  const load = () => DebertaV2TokenizerFast.fromModel(modelBytes('plain'));
  async function* stream() {
    yield* ['the sea', 'the whale'];
  }
  function* generator() {
    yield* ['the sea', 'the whale'];
  }

  const corpora: [string, Corpus][] = [
    ['a list', ['the sea', 'the whale']],
    ['a set', new Set(['the sea', 'the whale'])],
    ['a function that makes a generator', generator],
    ['a function that makes a stream', stream],
    ['something that can be iterated anew', { [Symbol.asyncIterator]: stream }],
  ];
  test.each(corpora)('may be %s', async (_name, corpus) => {
    const { report } = await (await load()).trim(corpus);
    expect(report).toMatchObject({ texts: 2, tokens: 4, changedTexts: 0 });
  });

  test('may be a generator where nothing is compared', async () => {
    const { report } = await (await load()).trim(stream(), { verify: false });
    expect(report).toMatchObject({ texts: 2, coverage: 1, changedTexts: undefined });
  });

  const bad: [string, Corpus, object, RegExp][] = [
    ['no text', [], {}, /at least one token, received 0 texts/],
    ['blank texts', ['', '  '], {}, /at least one token, received 2 texts/],
    ['one text', 'the sea', {}, /list of texts .* received one text/],
    ['other things than texts', ['the', 7 as unknown as string], {}, /must hold texts, received a number as number 2/],
    ['a generator', generator(), {}, /readable twice, and a generator is not/],
    ['a stream', stream(), {}, /readable twice/],
    [
      'a function that gives the same generator twice',
      always(generator()),
      {},
      /same texts twice, received 2 .* then 0/,
    ],
    [
      'a token to keep that does not exist',
      ['the'],
      { keep: ['▁the', 'nonsense'] },
      /received "nonsense", which is not/,
    ],
    ['a minCount of 0', ['the'], { minCount: 0 }, /minCount must be a whole number of at least 1, received 0/],
    ['a minCount of 1.5', ['the'], { minCount: 1.5 }, /minCount must be .* received 1\.5/],
  ];
  test.each(bad)('is refused: %s', async (_name, corpus, options, message) => {
    const tokenizer = await load();
    await expect(() => tokenizer.trim(corpus, options)).toThrowDebertaError('tokenizer', message);
  });

  test('a text that comes out otherwise is named', async () => {
    const vocabulary = new TokenizerVocabulary(SentencePieceModel.fromBytes(modelBytes('plain')));
    const idsOf = (text: string) => [...text].map((_, index) => 10 + index);
    const wrong = { tokenizer: undefined, idsOf: (text: string) => idsOf(text).slice(1) };
    const context = { vocabulary, indispensableIds: [], idsOf, remake: async () => wrong };
    await expect(() => trimTokenizer(['', 'sea'], {}, context)).toThrowDebertaError(
      'tokenizer',
      /^Text 2 of the corpus, "sea", must be cut as before and is not;/,
    );
    expect(await trimTokenizer(['', 'sea'], { verify: false }, context)).toMatchObject({ report: { tokens: 3 } });
  });
});

function always<T>(value: T): () => T {
  return () => value;
}

describe('files that contradict each other', () => {
  const place = temporaryFolder();

  test('a tokenizer.json and an spm.model with other pieces are refused', async () => {
    const json = await jsonOf('multilingual', 'fast');
    writeFileSync(place('tokenizer.json'), JSON.stringify(json));
    writeFileSync(place('spm.model'), modelBytes('plain'));
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(place(), { algorithm: 'fast' });
    await expect(() => tokenizer.trim(['the'])).toThrowDebertaError(
      'tokenizer',
      /must hold the same pieces .* differ at id/,
    );
  });

  test('a template with an id that no token has is refused', async () => {
    const json = (await jsonOf('plain', 'fast')) as {
      post_processor: { special_tokens: { '[CLS]': { ids: number[] } } };
    };
    json.post_processor.special_tokens['[CLS]'].ids = [5000];
    const tokenizer = DebertaV2TokenizerFast.fromJson(json);
    await expect(() => tokenizer.trim(['the'])).toThrowDebertaError(
      'tokenizer',
      /names the id 5000, which no token has/,
    );
  });
});
