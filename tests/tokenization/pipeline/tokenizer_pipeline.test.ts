import { addedToken } from '../../../src/tokenization/added_token';
import { tokenizerJsonFromModel } from '../../../src/tokenization/pipeline/tokenizer_json_from_model';
import { TokenizerPipeline } from '../../../src/tokenization/pipeline/tokenizer_pipeline';
import { TokenList } from '../../../src/tokenization/token_list';
import { recordedLogs } from '../../harness/recorded_logs';
import { ALL_MODELS, RAW_MODELS } from '../tables';
import { compareWithRust } from './compare_with_rust';
import { HARD_TEXTS } from './hard_texts';
import {
  addedTokenJson,
  fixtureModel,
  fixtureTokenizerJson,
  type JsonParts,
  smallTokenizerJson,
  specialTokens,
} from './tokenizer_json';

const BOTH_OR_NEITHER = [
  { doLowerCase: false, splitByPunct: false },
  { doLowerCase: true, splitByPunct: true },
];
const ONE = [
  { doLowerCase: true, splitByPunct: false },
  { doLowerCase: false, splitByPunct: true },
];
// One setting without the other does the same with every model, so that one of DeBERTa's and another stand for all.
const WHOLE = [...ALL_MODELS, ...RAW_MODELS].flatMap((name) =>
  (['fast', 'slow'] as const).flatMap((algorithm) =>
    [...BOTH_OR_NEITHER, ...(name === 'byte_fallback' || name === 'symbols' ? ONE : [])].map((settings) => ({
      name,
      algorithm,
      ...settings,
    })),
  ),
);

test.each(WHOLE)(
  'the $name model, $algorithm, doLowerCase $doLowerCase, splitByPunct $splitByPunct, does what the Rust library does',
  async ({ name, ...settings }) => {
    const model = fixtureModel(name);
    const json = tokenizerJsonFromModel(model, { ...settings, addedTokens: specialTokens(model) });
    expect(await compareWithRust(json, HARD_TEXTS)).toEqual([]);
  },
);

describe('TokenizerPipeline', () => {
  const pipeline = TokenizerPipeline.fromJson(fixtureTokenizerJson('plain'));
  const encode = (text: string, given = pipeline, tokens = new TokenList()) => {
    given.encode(text, tokens);
    const { ids, starts, ends, words } = tokens;
    return ids.map((id, index) => [given.tokenOf(id), starts[index], ends[index], words[index]]);
  };

  test('tells tokens, positions and words', () => {
    expect(encode('the  white [MASK]')).toEqual([
      ['▁the', 0, 3, 0],
      ['▁white', 4, 10, 1],
      ['[MASK]', 11, 17, 2],
    ]);
  });

  test('goes on where a list of tokens ends', () => {
    const tokens = new TokenList();
    pipeline.encode('the white', tokens);
    tokens.offset = 10;
    expect(encode('whale', pipeline, tokens)).toEqual([
      ['▁the', 0, 3, 0],
      ['▁white', 3, 9, 1],
      ['▁whale', 10, 15, 2],
    ]);
    expect(tokens.nextWord).toBe(3);
  });

  test('tells the text of unknown tokens', () => {
    const tokens = new TokenList();
    pipeline.encode('a ⽇⽇ b', tokens);
    expect([...tokens.surfaces]).toEqual([[2, '日日']]);
  });

  test('knows its vocabulary', () => {
    expect(pipeline.vocabSize).toBe(2000);
    expect(pipeline.length).toBe(2001);
    expect(pipeline.idOf('[MASK]')).toBe(2000);
    expect(pipeline.idOf('▁the')).toBe(pipeline.pieces.indexOf('▁the'));
    expect(pipeline.idOf('nothing like it')).toBeUndefined();
    expect(pipeline.tokenOf(2000)).toBe('[MASK]');
    expect(pipeline.tokenOf(3)).toBe('[UNK]');
    expect(pipeline.tokenOf(2001)).toBeUndefined();
    expect([...pipeline.addedTokens.keys()]).toEqual([0, 1, 2, 3, 2000]);
    expect(pipeline.unkId).toBe(3);
    expect(pipeline.scores[pipeline.idOf(',')!]).toBeLessThan(0);
  });

  test('decodes an added token to itself, however its text is normalized', () => {
    const upper = TokenizerPipeline.fromJson(
      smallTokenizerJson({
        normalizer: { type: 'Lowercase' },
        added_tokens: [addedTokenJson(30, 'Xyz', { special: true })],
      }),
    );
    expect(upper.encodeIds('XYZ')).toEqual([30]);
    expect(upper.decode([30])).toBe('Xyz');
    expect(upper.decode([30], { skipSpecialTokens: true })).toBe('');
  });

  test('leaves out ids that do not exist when it decodes', () => {
    expect(pipeline.decode([1, pipeline.idOf('▁the')!, 99_999, 2])).toBe('[CLS] the[SEP]');
    expect(pipeline.decode([1, pipeline.idOf('▁the')!, 2], { skipSpecialTokens: true })).toBe('the');
  });

  test('takes more tokens', () => {
    const more = pipeline.withAddedTokens([
      addedToken('<new>'),
      addedToken('the'),
      addedToken('<newer>'),
      addedToken(''),
    ]);
    expect(more.idOf('<new>')).toBe(2001);
    expect(more.idOf('the')).toBe(pipeline.idOf('the'));
    expect(more.idOf('<newer>')).toBe(2002);
    expect(more.length).toBe(2003);
    expect(more.encodePieces('a<newer>b')).toEqual(['▁a', '<newer>', '▁b']);
    expect(pipeline.encodePieces('a<newer>b')).not.toContain('<newer>');
  });

  test('cuts special tokens up when it is told to', () => {
    const split = pipeline.withSpecialTokensSplit(true);
    expect(split.encodePieces('[MASK]').length).toBeGreaterThan(1);
    expect(split.withSpecialTokensSplit(false).encodePieces('a[MASK]')).toEqual(['▁a', '[MASK]']);
  });

  test('tells what goes around the sequences', () => {
    expect(pipeline.template).toEqual({
      single: [
        { ids: [1], typeId: 0 },
        { sequence: 0, typeId: 0 },
        { ids: [2], typeId: 0 },
      ],
      pair: [
        { ids: [1], typeId: 0 },
        { sequence: 0, typeId: 0 },
        { ids: [2], typeId: 0 },
        { sequence: 1, typeId: 1 },
        { ids: [2], typeId: 1 },
      ],
    });
    const nothing = {
      single: [{ sequence: 0, typeId: 0 }],
      pair: [
        { sequence: 0, typeId: 0 },
        { sequence: 1, typeId: 1 },
      ],
    };
    const { post_processor } = fixtureTokenizerJson('plain');
    const templateOf = (value: unknown) =>
      TokenizerPipeline.fromJson(smallTokenizerJson({ post_processor: value })).template;
    expect(templateOf(null)).toEqual(nothing);
    expect(templateOf({ type: 'Sequence', processors: [] })).toEqual(nothing);
    expect(templateOf({ type: 'Sequence', processors: [post_processor] })).toEqual(pipeline.template);
  });

  test('tells the truncation and the padding of its file', () => {
    expect(pipeline.truncation).toBeUndefined();
    expect(pipeline.padding).toBeUndefined();
    const stored = TokenizerPipeline.fromJson(
      smallTokenizerJson({
        truncation: { direction: 'Left', max_length: 12, strategy: 'OnlyFirst', stride: 3 },
        padding: {
          strategy: { Fixed: 16 },
          direction: 'Right',
          pad_to_multiple_of: 8,
          pad_id: 0,
          pad_type_id: 1,
          pad_token: '[PAD]',
        },
      }),
    );
    expect(stored.truncation).toEqual({ direction: 'Left', maxLength: 12, strategy: 'OnlyFirst', stride: 3 });
    expect(stored.padding).toEqual({
      length: 16,
      direction: 'Right',
      padToMultipleOf: 8,
      padId: 0,
      padTypeId: 1,
      padToken: '[PAD]',
    });
  });

  test('reads a model without a type, as the first files had it', () => {
    const { type: _type, ...model } = smallTokenizerJson().model as JsonParts;
    expect(TokenizerPipeline.fromJson(smallTokenizerJson({ model })).encodePieces('ab')).toEqual(['ab']);
  });

  test('takes the last of equal pieces', () => {
    const vocab = [
      ['<unk>', 0],
      ['a', -1],
      ['b', -1],
      ['a', -2],
    ];
    const json = smallTokenizerJson({ model: { type: 'Unigram', unk_id: 0, vocab } });
    expect(TokenizerPipeline.fromJson(json).encodeIds('ab')).toEqual([3, 2]);
  });

  const HALVES = ['\ud800', '\udc00', 'a\ud800b', '\udc00\ud800', 'e\ud83d \ude00', '\ud800\u0301', '[MASK]\ud800'];
  test.each(HALVES)('takes %j, which is half of a character, for U+FFFD', (text) => {
    expect(encode(text)).toEqual(encode(text.replace(/\p{Surrogate}/gu, '\ufffd')));
  });

  test('finds a token that contains half of a character nowhere', () => {
    const more = pipeline.withAddedTokens([addedToken('\ud83d')]);
    expect(more.encodePieces('😀')).toEqual(pipeline.encodePieces('😀'));
  });
});

test('added tokens with other ids than they get are told of', async () => {
  const json = smallTokenizerJson({
    added_tokens: [addedTokenJson(30, 'x1'), addedTokenJson(99, 'x2'), addedTokenJson(7, 'a')],
  });
  let pipeline: TokenizerPipeline | undefined;
  const logs = await recordedLogs(() => {
    pipeline = TokenizerPipeline.fromJson(json, 'x/tokenizer.json');
  });
  expect(['x1', 'x2', 'a'].map((token) => pipeline?.idOf(token))).toEqual([30, 31, 4]);
  expect(logs).toEqual([
    'x/tokenizer.json gives the token "x2" the id 99, but it gets the id 31.',
    'x/tokenizer.json gives the token "a" the id 7, but it gets the id 4.',
  ]);
});

/** What a text of 200,000 characters can be made of, to find steps that look at it more often than once. */
const REPEATED = [
  'a',
  'é',
  'e\u0301',
  '中',
  '▁',
  ' ',
  '.',
  '\n',
  '\u0301\u0323',
  'ａ',
  '😀',
  '👩\u200d',
  '\u0001',
  '[MASK]',
  ' .',
];

describe('200,000 characters', () => {
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  const { normalizers } = fixtureTokenizerJson('plain').normalizer as { normalizers: JsonParts[] };
  const json = fixtureTokenizerJson('plain', {
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'NFKD' }, { type: 'NFC' }, { type: 'Lowercase' }, ...normalizers],
    },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Punctuation' }, metaspace] },
  });
  const pipeline = TokenizerPipeline.fromJson(json);

  test.each(REPEATED)('of %j go through every component', (part) => {
    const text = part.repeat(200_000 / part.length);
    const tokens = new TokenList();
    pipeline.encode(text, tokens);
    expect(tokens.ends.at(-1) ?? text.length).toBeLessThanOrEqual(text.length);
  });
});
