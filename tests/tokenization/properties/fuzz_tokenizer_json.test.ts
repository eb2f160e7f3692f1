import { mkdirSync, writeFileSync } from 'node:fs';
import { TokenizerError } from '../../../src/errors';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { tokenizerJsonFromModel } from '../../../src/tokenization/pipeline/tokenizer_json_from_model';
import { TokenizerPipeline } from '../../../src/tokenization/pipeline/tokenizer_pipeline';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { TokenList } from '../../../src/tokenization/token_list';
import fc from '../../harness/fast_check';
import { silenceLogger } from '../silence_logger';
import { modelBytes } from '../tables';
import { temporaryFolder } from '../temporary_folder';
import { asyncOutcome, outcome } from './outcome';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

silenceLogger();

const TEXTS = [
  '',
  'the whale',
  'ABC a\u0301 \u3000 <ent>\u{1f600}\u{1f600} [MASK]',
  '\ud800\u0000\ufffd',
  'a'.repeat(300),
];

const whole = tokenizerJsonFromModel(SentencePieceModel.fromBytes(modelBytes('symbols')), {
  algorithm: 'fast',
  doLowerCase: true,
  splitByPunct: true,
  addedTokens: new Map(),
  clsToken: { content: '[CLS]', id: 1 },
  sepToken: { content: '[SEP]', id: 2 },
});
const model = whole.model as { vocab: unknown[] };
// Every case reads the vocabulary anew, so that it holds no more pieces than the texts need.
const base = JSON.stringify({ ...whole, model: { ...model, vocab: model.vocab.slice(0, 100) } });
const fresh = () => JSON.parse(base) as Record<string, Json>;

/** Reads a tokenizer and, if it is taken, uses it on some texts; tells whether it was taken. */
function read(content: unknown): boolean {
  const pipeline = outcome(() => TokenizerPipeline.fromJson(content, 'tokenizer.json'));
  const tokenizer = outcome(() => DebertaV2TokenizerFast.fromJson(content));
  for (const text of TEXTS) {
    outcome(() => pipeline && useOn(pipeline, text));
    outcome(() => tokenizer?.call([text, 'b'], { padding: true, truncation: true, maxLength: 9, returnLength: true }));
  }
  return pipeline !== undefined;
}

function useOn(pipeline: TokenizerPipeline, text: string): void {
  const tokens = new TokenList();
  pipeline.encode(text, tokens);
  expect(pipeline.encodeIds(text)).toEqual(tokens.ids);
  expect(pipeline.encodePieces(text)).toHaveLength(tokens.length);
  expect(tokens.starts.every((start, index) => start >= 0 && start <= tokens.ends[index]!)).toBe(true);
  expect(tokens.ends.every((end) => end <= text.length)).toBe(true);
  expect(typeof pipeline.decode(tokens.ids)).toBe('string');
}

/** The paths of all values inside a value, outermost first. */
function pathsOf(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()].slice(0, 5) : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

const paths = pathsOf(fresh()).filter((path) => path.length > 0);

/** A copy of the base with another value at a path, or, without one, nothing there. */
function changed(path: readonly (string | number)[], value: Json | undefined): Record<string, Json> {
  const copy = fresh();
  let place = copy as Record<string | number, Json>;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, Json>;
  const last = path.at(-1)!;
  if (value !== undefined) place[last] = value;
  else if (Array.isArray(place)) place.splice(last as number, 1);
  else delete place[last];
  return copy;
}

describe('a damaged tokenizer.json is refused or works, and does nothing else', () => {
  const path = temporaryFolder();

  test('as it is, it works', () => {
    expect(read(fresh())).toBe(true);
    expect(paths.length).toBeGreaterThan(80);
  });

  test('cut off anywhere', async () => {
    mkdirSync(path('cut'));
    const step = Math.ceil(base.length / 60);
    for (let length = 0; length < base.length; length += step) {
      writeFileSync(path('cut', 'tokenizer.json'), base.slice(0, length));
      await expect(DebertaV2TokenizerFast.fromPretrained(path('cut'))).rejects.toThrow(TokenizerError);
    }
  });

  test('with some bytes changed', async () => {
    mkdirSync(path('changed'));
    const bytes = Buffer.from(base);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const copy = Buffer.from(bytes);
        for (const [position, bits] of changes) copy[position]! ^= bits;
        writeFileSync(path('changed', 'tokenizer.json'), copy);
        await asyncOutcome(async () => {
          const tokenizer = await DebertaV2TokenizerFast.fromPretrained(path('changed'));
          for (const text of TEXTS) tokenizer.call(text, { returnOffsetsMapping: true });
        });
      }),
      { numRuns: 50 },
    );
  });

  test('without any one of its values', () => {
    for (const place of paths) read(changed(place, undefined));
  });

  const odd: Json[] = [
    null,
    true,
    -1,
    0.5,
    1e300,
    2 ** 53,
    '',
    'constructor',
    '__proto__',
    [],
    {},
    [[]],
    'x'.repeat(1e4),
  ];
  test.each(odd.map((value) => ({ value, title: JSON.stringify(value).slice(0, 20) })))(
    'with $title in any place',
    ({ value }) => {
      for (const place of paths) read(changed(place, value));
    },
  );

  test('with any values in any places', () => {
    const anyValue = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(fc.constantFrom(...paths), anyValue, (place, value) => void read(changed(place, value))),
      {
        numRuns: 250,
      },
    );
  });

  test('with its parts in each other’s places', () => {
    const place = fc.constantFrom(...paths);
    const valueAt = (from: readonly (string | number)[]) =>
      from.reduce<Json>((value, key) => (value as Record<string | number, Json>)[key]!, fresh());
    fc.assert(
      fc.property(place, place, (from, to) => void read(changed(to, valueAt(from)))),
      { numRuns: 250 },
    );
  });

  test('that is any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expect(read(value)).toBe(false)),
      { numRuns: 300 },
    );
  });
});

/** The base with another component, and read as often as it is asked for. */
const withPart = (key: string, value: Json) => () => ({ ...fresh(), [key]: value });

/** The base with another model. */
const withModel = (settings: Record<string, Json>) => () => ({
  ...fresh(),
  model: { ...(fresh().model as Record<string, Json>), ...settings },
});

const replace = (pattern: Json, content: string): Json => ({ type: 'Replace', pattern, content });
const sequence = (normalizers: Json[]): Json => ({ type: 'Sequence', normalizers });
const added = (content: string, id: number, more: Record<string, Json> = {}): Json => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: false,
  ...more,
});

/** `depth` sequences inside each other. */
function nested(depth: number): Json {
  let inner: Json = { type: 'NFC' };
  for (let level = 0; level < depth; level++) inner = sequence([inner]);
  return inner;
}

describe('a hostile tokenizer.json', () => {
  const path = temporaryFolder();
  const cases: [name: string, content: () => unknown][] = [
    ['normalizers nested ten thousand deep', withPart('normalizer', nested(10_000))],
    ['a model nested ten thousand deep', withPart('model', nested(10_000))],
    ['an own key __proto__', () => JSON.parse(`{"__proto__":{"type":"x"},${base.slice(1)}`)],
    ['a prototype of a component', () => JSON.parse(`{"normalizer":{"__proto__":{"type":"NFC"}},${base.slice(1)}`)],
    ['a component called constructor', withPart('normalizer', { type: 'constructor' })],
    ['a component called __proto__', withPart('decoder', { type: '__proto__' })],
    ['a component called toString', withPart('pre_tokenizer', { type: 'toString' })],
    ['a map that is no base64', withPart('normalizer', { type: 'Precompiled', precompiled_charsmap: '!!!!' })],
    ['a map of four bytes', withPart('normalizer', { type: 'Precompiled', precompiled_charsmap: 'AAAA' })],
    ['a map that says 4 GB', withPart('normalizer', { type: 'Precompiled', precompiled_charsmap: '////////////////' })],
    ['no pieces', withModel({ vocab: [] })],
    ['an unknown id outside', withModel({ unk_id: 2 ** 31 })],
    [
      'a piece twice',
      withModel({
        vocab: [
          ['[UNK]', 0],
          ['a', -1],
          ['a', -2],
        ],
        unk_id: 0,
      }),
    ],
    [
      'an empty piece',
      withModel({
        vocab: [
          ['[UNK]', 0],
          ['', -1],
        ],
        unk_id: 0,
      }),
    ],
    [
      'pieces named as object properties',
      withModel({
        vocab: [
          ['[UNK]', 0],
          ['__proto__', -1],
          ['constructor', -1],
        ],
        unk_id: 0,
      }),
    ],
    ['a score of infinity', () => JSON.parse(base.replace(/-\d+\.\d+/, '-1e999'))],
    [
      'a piece of 256 KB',
      withModel({
        vocab: [
          ['[UNK]', 0],
          ['a'.repeat(1 << 18), -1],
        ],
        unk_id: 0,
      }),
    ],
    ['byte fallback without byte pieces', withModel({ byte_fallback: true })],
    ['an added token of nothing', withPart('added_tokens', [added('', 700)])],
    ['an added token of a space', withPart('added_tokens', [added(' ', 700, { lstrip: true, rstrip: true })])],
    ['an added token with a huge id', withPart('added_tokens', [added('x', 2 ** 53)])],
    [
      'ten thousand added tokens',
      withPart(
        'added_tokens',
        Array.from({ length: 10_000 }, (_, id) => added(`x${id}`, 700 + id)),
      ),
    ],
    ['an added token of 256 KB', withPart('added_tokens', [added('x'.repeat(1 << 18), 700)])],
    [
      'added tokens within each other',
      withPart(
        'added_tokens',
        ['a', 'aa', 'aaa', 'aaaa'].map((text, id) => added(text, 700 + id)),
      ),
    ],
    ['an added token of half a character', withPart('added_tokens', [added('\ud83d', 700)])],
    ['a replacement of nothing', withPart('normalizer', replace({ String: '' }, 'x'))],
    ['a pattern that matches nothing', withPart('normalizer', replace({ Regex: 'a*' }, 'x'))],
    ['a pattern that matches every place', withPart('normalizer', replace({ Regex: '' }, 'x'))],
    ['a pattern that is none', withPart('normalizer', replace({ Regex: '(((' }, 'x'))],
    ['a pattern that takes for ever', withPart('normalizer', replace({ Regex: '(a+)+$|(a|aa)+b' }, 'x'))],
    ['a pattern of 1 MB', withPart('normalizer', replace({ Regex: '(a)?'.repeat(250_000) }, 'x'))],
    [
      'a pattern repeated a billion times',
      withPart('normalizer', replace({ Regex: '(a{1,1000}){1,1000}{1,1000}' }, 'x')),
    ],
    [
      'replacements that double a text forty times',
      withPart('normalizer', sequence(Array.from({ length: 40 }, () => replace({ String: 'a' }, 'aa')))),
    ],
    ['a replacement of 1 KB', withPart('normalizer', replace({ String: 'a' }, 'x'.repeat(1000)))],
    ['a prefix of 1 KB', withPart('normalizer', { type: 'Prepend', prepend: 'x'.repeat(1000) })],
    [
      'a split that takes for ever',
      withPart('pre_tokenizer', { type: 'Split', pattern: { Regex: '(a+)+b' }, behavior: 'Isolated', invert: false }),
    ],
    [
      'a split at nothing',
      withPart('pre_tokenizer', { type: 'Split', pattern: { String: '' }, behavior: 'Removed', invert: true }),
    ],
    [
      'a template without its tokens',
      withPart('post_processor', {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: '[X]', type_id: 0 } }],
        pair: [],
        special_tokens: {},
      }),
    ],
    [
      'a template of no text',
      withPart('post_processor', { type: 'TemplateProcessing', single: [], pair: [], special_tokens: {} }),
    ],
    [
      'a template of the text three times',
      withPart('post_processor', {
        type: 'TemplateProcessing',
        single: Array.from({ length: 3 }, () => ({ Sequence: { id: 'A', type_id: 0 } })),
        pair: [],
        special_tokens: {},
      }),
    ],
    [
      'a truncation to 2^53',
      withPart('truncation', { direction: 'Right', max_length: 2 ** 53, strategy: 'LongestFirst', stride: 2 ** 53 }),
    ],
    [
      'a truncation with a stride above it',
      withPart('truncation', { direction: 'Right', max_length: 2, strategy: 'LongestFirst', stride: 9 }),
    ],
    [
      'a padding to 2^53',
      withPart('padding', {
        strategy: { Fixed: 2 ** 53 },
        direction: 'Right',
        pad_to_multiple_of: null,
        pad_id: 0,
        pad_type_id: 0,
        pad_token: '[PAD]',
      }),
    ],
    ['a decoder that strips 2^53', withPart('decoder', { type: 'Strip', content: ' ', start: 2 ** 53, stop: 2 ** 53 })],
    ['a decoder that replaces nothing', withPart('decoder', replace({ String: '' }, 'x'))],
    [
      'a decoder that doubles forty times',
      withPart('decoder', {
        type: 'Sequence',
        decoders: Array.from({ length: 40 }, () => replace({ String: 'a' }, 'aa')),
      }),
    ],
    [
      'a Metaspace of nothing',
      withPart('pre_tokenizer', { type: 'Metaspace', replacement: '', prepend_scheme: 'always', split: true }),
    ],
    [
      'a Metaspace of a letter',
      withPart('pre_tokenizer', { type: 'Metaspace', replacement: 'a', prepend_scheme: 'always', split: true }),
    ],
  ];

  test.each(cases)('with %s is refused or works', (_name, content) => {
    read(content());
  });

  test('nested a million deep as text is refused or works', async () => {
    mkdirSync(path('deep'));
    const deep = `{"normalizer":${'['.repeat(1e6)}${']'.repeat(1e6)},${base.slice(1)}`;
    writeFileSync(path('deep', 'tokenizer.json'), deep);
    await asyncOutcome(() => DebertaV2TokenizerFast.fromPretrained(path('deep')));
  });
});
