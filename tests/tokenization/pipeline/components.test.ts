import { silenceLogger } from '../silence_logger';
import { compareWithRust } from './compare_with_rust';
import { HARD_TEXTS } from './hard_texts';
import { addedTokenJson, fixtureTokenizerJson, type JsonParts } from './tokenizer_json';

const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
const BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];

const plain = fixtureTokenizerJson('plain');
const withBytes = { ...(fixtureTokenizerJson('byte_fallback').model as JsonParts), byte_fallback: true };
const charsmap = ((plain.normalizer as JsonParts).normalizers as JsonParts[]).find(
  ({ type }) => type === 'Precompiled',
);

const sequence = (...normalizers: unknown[]) => ({ normalizer: { type: 'Sequence', normalizers } });
const preTokenizers = (...pretokenizers: unknown[]) => ({ pre_tokenizer: { type: 'Sequence', pretokenizers } });
const replace = (pattern: JsonParts, content: string) => ({ type: 'Replace', pattern, content });
const split = (pattern: JsonParts, behavior: string, invert = false) => ({ type: 'Split', pattern, behavior, invert });

silenceLogger();

const normalizers: [name: string, parts: JsonParts][] = [
  ['none', { normalizer: null }],
  ['Strip on the left', sequence({ type: 'Strip', strip_left: true, strip_right: false })],
  ['Strip on the right', sequence({ type: 'Strip', strip_left: false, strip_right: true })],
  ['Precompiled', sequence(charsmap)],
  ['Lowercase', sequence({ type: 'Lowercase' })],
  ['NFC', sequence({ type: 'NFC' })],
  ['NFD', sequence({ type: 'NFD' })],
  ['NFKC', sequence({ type: 'NFKC' })],
  ['NFKD', sequence({ type: 'NFKD' })],
  ['StripAccents', sequence({ type: 'StripAccents' })],
  ['NFD and StripAccents', sequence({ type: 'NFD' }, { type: 'StripAccents' })],
  ['Nmt', sequence({ type: 'Nmt' })],
  ['Prepend', sequence({ type: 'Prepend', prepend: '▁e' })],
  ['Replace of a text by a longer one', sequence(replace({ String: '.' }, '<.>'))],
  ['Replace by nothing', sequence(replace({ Regex: 'e+' }, ''))],
  ['Replace where there is nothing', sequence(replace({ Regex: '(?<=a)' }, '-'))],
  ['Replace of an empty text', sequence(replace({ String: '' }, '-'))],
  [
    'what transformers 5 writes',
    sequence(
      replace({ Regex: String.raw`\s{2,}|[\n\r\t]` }, ' '),
      { type: 'NFC' },
      { type: 'Strip', strip_left: false, strip_right: true },
    ),
  ],
  [
    'many after each other',
    sequence(
      { type: 'NFKD' },
      { type: 'StripAccents' },
      { type: 'Lowercase' },
      charsmap,
      { type: 'NFC' },
      replace({ String: 'a' }, 'xyz'),
      replace({ Regex: 'b+' }, ''),
      { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁e' }] },
    ),
  ],
];

test.each(normalizers)('normalizer: %s', async (_name, parts) => {
  expect(await compareWithRust({ ...plain, ...parts }, HARD_TEXTS)).toEqual([]);
});

const splits: [name: string, parts: JsonParts][] = [
  ['none', { pre_tokenizer: null }],
  ...BEHAVIORS.flatMap((behavior): [string, JsonParts][] => [
    [`Punctuation, ${behavior}`, preTokenizers({ type: 'Punctuation', behavior }, METASPACE)],
    [`Split, ${behavior}`, preTokenizers(split({ Regex: String.raw`[^\w\s]+|\d` }, behavior), METASPACE)],
    [
      `Split inverted, ${behavior}`,
      preTokenizers(split({ Regex: String.raw`[^\w\s]+|\d` }, behavior, true), METASPACE),
    ],
  ]),
  ['Punctuation by default', preTokenizers({ type: 'Punctuation' }, METASPACE)],
  ['Split at a text', { pre_tokenizer: split({ String: '.a' }, 'Isolated') }],
  ['Whitespace', { pre_tokenizer: { type: 'Whitespace' } }],
  ['WhitespaceSplit', preTokenizers({ type: 'WhitespaceSplit' }, METASPACE)],
  ['Digits', preTokenizers({ type: 'Digits', individual_digits: false }, METASPACE)],
  ['Digits one by one', preTokenizers({ type: 'Digits', individual_digits: true })],
  ['Metaspace with another mark', preTokenizers({ ...METASPACE, replacement: '_' })],
  ['Metaspace with a mark of two code units', preTokenizers({ ...METASPACE, replacement: '\u{1d400}' })],
  ['Metaspace as older files have it', preTokenizers({ type: 'Metaspace', replacement: '▁', add_prefix_space: true })],
  ['Metaspace twice', preTokenizers(METASPACE, METASPACE)],
  ...['first', 'never'].flatMap((prepend_scheme): [string, JsonParts][] => [
    [`Metaspace, ${prepend_scheme}`, preTokenizers({ ...METASPACE, prepend_scheme })],
    [`Metaspace, ${prepend_scheme}, in one piece`, preTokenizers({ ...METASPACE, prepend_scheme, split: false })],
  ]),
];

test.each(splits)('pre-tokenizer: %s', async (_name, parts) => {
  expect(await compareWithRust({ ...plain, ...parts }, HARD_TEXTS)).toEqual([]);
});

const decoders: [name: string, decoder: unknown][] = [
  ['none', null],
  ['Metaspace', METASPACE],
  ['Metaspace, never', { ...METASPACE, prepend_scheme: 'never' }],
  ['ByteFallback', { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, METASPACE] }],
  [
    'Replace, ByteFallback, Fuse, Strip',
    {
      type: 'Sequence',
      decoders: [
        replace({ String: '▁' }, ' '),
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
  ],
  ['Replace by a pattern', replace({ Regex: '[a-e]+' }, '*')],
  ['Strip at the beginning', { type: 'Strip', content: 'e', start: 2, stop: 0 }],
  ['Strip at the end', { type: 'Strip', content: 'e', start: 0, stop: 1 }],
];

test.each(decoders)('decoder: %s', async (_name, decoder) => {
  const normalizer = { type: 'Lowercase' };
  expect(await compareWithRust({ ...plain, model: withBytes, normalizer, decoder }, HARD_TEXTS)).toEqual([]);
});

const models: [name: string, parts: JsonParts][] = [
  ['bytes for what is unknown', { model: withBytes }],
  ['no bytes for what is unknown', { model: { ...withBytes, byte_fallback: false } }],
  ['no normalizer and bytes', { model: withBytes, normalizer: null, pre_tokenizer: null }],
];

test.each(models)('model: %s', async (_name, parts) => {
  expect(await compareWithRust({ ...plain, ...parts }, HARD_TEXTS)).toEqual([]);
});

const ADDED = [
  ...(plain.added_tokens as JsonParts[]),
  addedTokenJson(335, 'the', { single_word: true }),
  addedTokenJson(377, 'A', { lstrip: true, rstrip: true, normalized: false }),
  addedTokenJson(2001, 'aA', { rstrip: true }),
  addedTokenJson(641, 'é'),
  addedTokenJson(2002, 'b ', { normalized: false, special: true }),
  addedTokenJson(2003, 'e\u0301', { normalized: false, single_word: true }),
  addedTokenJson(2004, 'z0', { lstrip: true, single_word: true }),
  addedTokenJson(2005, '<0x', { normalized: false }),
  addedTokenJson(2006, '<0x41', { normalized: false }),
];

const added: [name: string, parts: JsonParts][] = [
  ['as they are', {}],
  ['in lower-cased text', { normalizer: { type: 'Lowercase' } }],
  ['and Metaspace at the beginning alone', preTokenizers({ ...METASPACE, prepend_scheme: 'first' })],
  ['without a pre-tokenizer', { pre_tokenizer: null }],
  ['without a normalizer', { normalizer: null }],
];

test.each(added)('added tokens %s', async (_name, parts) => {
  expect(await compareWithRust({ ...plain, ...parts, added_tokens: ADDED }, HARD_TEXTS)).toEqual([]);
});
