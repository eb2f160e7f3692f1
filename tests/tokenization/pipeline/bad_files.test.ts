import { TokenizerPipeline } from '../../../src/tokenization/pipeline/tokenizer_pipeline';
import { addedTokenJson, fixtureTokenizerJson, type JsonParts, smallTokenizerJson } from './tokenizer_json';

const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
const template = fixtureTokenizerJson('plain').post_processor as JsonParts;
const model = (parts: JsonParts) => ({ model: { ...(smallTokenizerJson().model as JsonParts), ...parts } });
const normalizer = (value: unknown) => ({ normalizer: value });
const preTokenizer = (value: unknown) => ({ pre_tokenizer: value });

/** A component within so many others of its kind. */
function nested(type: string, list: string, depth: number, inner: unknown): unknown {
  let component = inner;
  for (let level = 0; level < depth; level++) component = { type, [list]: [component] };
  return component;
}

const CASES: [name: string, parts: JsonParts, key: string, problem: RegExp][] = [
  ['another version', { version: '2.0' }, 'version', /"1\.0"/],
  ['no model', { model: undefined }, 'model', /expected object/],
  ['a model that is null', { model: null }, 'model', /expected object/],
  ['a BPE model', model({ type: 'BPE' }), 'model.type', /expected Unigram, received "BPE"/],
  ['a WordPiece model', model({ type: 'WordPiece' }), 'model.type', /expected Unigram, received "WordPiece"/],
  ['a vocabulary that is a map', model({ vocab: { a: 0 } }), 'model.vocab', /the list of pieces and scores/],
  ['a piece without a score', model({ vocab: [['a', 0], ['b']] }), 'model.vocab.1', /a piece and a finite score/],
  ['a score that is text', model({ vocab: [['a', '0']] }), 'model.vocab.0', /a piece and a finite score/],
  ['a score that is infinite', model({ vocab: [['a', Number.POSITIVE_INFINITY]] }), 'model.vocab.0', /finite score/],
  ['no unknown piece', model({ unk_id: null }), 'model.unk_id', /expected number/],
  [
    'an unknown piece beyond the vocabulary',
    model({ unk_id: 1000 }),
    'model.unk_id',
    /one of 30 pieces, received 1000/,
  ],
  ['an empty vocabulary', model({ vocab: [] }), 'model.unk_id', /one of 0 pieces/],
  ['byte_fallback that is text', model({ byte_fallback: 'yes' }), 'model.byte_fallback', /expected boolean/],
  ['an unknown normalizer', normalizer({ type: 'Uppercase' }), 'normalizer.type', /normalizer .* received "Uppercase"/],
  ['a normalizer of BERT', normalizer({ type: 'BertNormalizer' }), 'normalizer.type', /received "BertNormalizer"/],
  ['a normalizer without a type', normalizer({}), 'normalizer.type', /received none/],
  ['a normalizer that is text', normalizer('NFC'), 'normalizer.type', /received none/],
  [
    'a normalizer named like what all objects have',
    normalizer({ type: 'constructor' }),
    'normalizer.type',
    /"constructor"/,
  ],
  [
    'an unknown normalizer among others',
    normalizer({ type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'X' }] }),
    'normalizer.normalizers.1.type',
    /received "X"/,
  ],
  ['a sequence of nothing', normalizer({ type: 'Sequence' }), 'normalizer.normalizers', /expected array/],
  ['a Strip without sides', normalizer({ type: 'Strip' }), 'normalizer.strip_left', /expected boolean/],
  [
    'a character map that is no base64',
    normalizer({ type: 'Precompiled', precompiled_charsmap: '%%%' }),
    'normalizer.precompiled_charsmap',
    /character map of SentencePiece in base64/,
  ],
  [
    'an empty character map',
    normalizer({ type: 'Precompiled', precompiled_charsmap: '' }),
    'normalizer.precompiled_charsmap',
    /character map of SentencePiece in base64/,
  ],
  [
    'a pattern of neither kind',
    normalizer({ type: 'Replace', pattern: 'a', content: '' }),
    'normalizer.pattern',
    /Invalid input/,
  ],
  [
    'an unknown pre-tokenizer',
    preTokenizer({ type: 'ByteLevel' }),
    'pre_tokenizer.type',
    /pre-tokenizer .* received "ByteLevel"/,
  ],
  [
    'Metaspace with two characters',
    preTokenizer({ ...METASPACE, replacement: '▁▁' }),
    'pre_tokenizer.replacement',
    /expected one character/,
  ],
  [
    'Metaspace with an unknown scheme',
    preTokenizer({ ...METASPACE, prepend_scheme: 'last' }),
    'pre_tokenizer.prepend_scheme',
    /first/,
  ],
  [
    'Metaspace that contradicts itself',
    preTokenizer({ ...METASPACE, add_prefix_space: false }),
    'pre_tokenizer',
    /add_prefix_space does not match prepend_scheme/,
  ],
  [
    'Split with an unknown behavior',
    preTokenizer({ type: 'Split', pattern: { String: 'a' }, behavior: 'Shred', invert: false }),
    'pre_tokenizer.behavior',
    /Isolated/,
  ],
  ['an unknown decoder', { decoder: { type: 'WordPiece' } }, 'decoder.type', /decoder .* received "WordPiece"/],
  [
    'an unknown decoder among others',
    { decoder: { type: 'Sequence', decoders: [METASPACE, { type: 'CTC' }] } },
    'decoder.decoders.1.type',
    /received "CTC"/,
  ],
  ['a Strip of -1', { decoder: { type: 'Strip', content: ' ', start: -1, stop: 0 } }, 'decoder.start', />=0/],
  [
    'an unknown post-processor',
    { post_processor: { type: 'RobertaProcessing' } },
    'post_processor.type',
    /post-processor .* received "RobertaProcessing"/,
  ],
  [
    'two templates',
    { post_processor: { type: 'Sequence', processors: [template, template] } },
    'post_processor.processors',
    /at most one TemplateProcessing/,
  ],
  [
    'a template with a token that it does not have',
    { post_processor: { ...template, special_tokens: {} } },
    'post_processor.single.0',
    /special_tokens has no "\[CLS\]"/,
  ],
  [
    'a template with a token named like what all objects have',
    {
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: 'toString', type_id: 0 } }],
        pair: [],
        special_tokens: {},
      },
    },
    'post_processor.single.0',
    /special_tokens has no "toString"/,
  ],
  [
    'a single template with a second sequence',
    { post_processor: { ...template, single: [{ Sequence: { id: 'B', type_id: 0 } }] } },
    'post_processor.single.0',
    /no sequence B/,
  ],
  [
    'an added token without properties',
    { added_tokens: [addedTokenJson(0, 'a'), { id: 1, content: 'b' }] },
    'added_tokens.1.single_word',
    /expected boolean/,
  ],
  ['added tokens that are a map', { added_tokens: { a: 1 } }, 'added_tokens', /expected array/],
  [
    'truncation to -1',
    { truncation: { max_length: -1, strategy: 'LongestFirst', stride: 0 } },
    'truncation.max_length',
    />=0/,
  ],
  ['padding without a token', { padding: { strategy: 'BatchLongest' } }, 'padding.direction', /Left/],
];

test.each(CASES)('%s is refused', (_name, parts, key, problem) => {
  const read = () => TokenizerPipeline.fromJson(smallTokenizerJson(parts), 'x/tokenizer.json');
  expect(read).toThrowDebertaError('tokenizer', problem);
  expect(read).toThrow(`x/tokenizer.json cannot be used, since ${key} is not as it must be (`);
});

test.each([null, undefined, 1, 'text', [], {}])('%p is refused', (content) => {
  expect(() => TokenizerPipeline.fromJson(content, 'x/tokenizer.json')).toThrowDebertaError(
    'tokenizer',
    /^x\/tokenizer\.json cannot be used, since (model|the file) is not as it must be/,
  );
});

const DEEP: [name: string, parts: JsonParts, key: RegExp][] = [
  [
    'normalizers',
    normalizer(nested('Sequence', 'normalizers', 100_000, { type: 'NFC' })),
    /normalizer\.normalizers\.0/,
  ],
  [
    'pre-tokenizers',
    preTokenizer(nested('Sequence', 'pretokenizers', 100_000, METASPACE)),
    /pre_tokenizer\.pretokenizers\.0/,
  ],
  ['decoders', { decoder: nested('Sequence', 'decoders', 100_000, METASPACE) }, /decoder\.decoders\.0/],
  [
    'post-processors',
    { post_processor: nested('Sequence', 'processors', 100_000, template) },
    /post_processor\.processors\.0/,
  ],
];

test.each(DEEP)('%s 100,000 deep within each other are refused', (_name, parts, key) => {
  const read = () => TokenizerPipeline.fromJson(smallTokenizerJson(parts), 'x/tokenizer.json');
  expect(read).toThrowDebertaError('tokenizer', /components may be at most 32 deep within each other/);
  expect(read).toThrow(key);
});

test('a damaged character map is refused', () => {
  const bytes = Buffer.alloc(2048, 0xff);
  bytes.writeUInt32LE(0x7fffffff, 0);
  const parts = normalizer({ type: 'Precompiled', precompiled_charsmap: bytes.toString('base64') });
  expect(() => TokenizerPipeline.fromJson(smallTokenizerJson(parts), 'x/tokenizer.json')).toThrowDebertaError(
    'tokenizer',
    /^x\/tokenizer\.json \(normalizer\.precompiled_charsmap\) .* character map/,
  );
});

test('a pattern that is refused is named with its place', () => {
  const parts = preTokenizer({
    type: 'Sequence',
    pretokenizers: [{ type: 'Split', pattern: { Regex: '(?>a)' }, behavior: 'Removed', invert: false }],
  });
  expect(() => TokenizerPipeline.fromJson(smallTokenizerJson(parts), 'x/tokenizer.json')).toThrowDebertaError(
    'tokenizer',
    /at pre_tokenizer\.pretokenizers\.0\.pattern\.Regex has "\(\?>"/,
  );
});
