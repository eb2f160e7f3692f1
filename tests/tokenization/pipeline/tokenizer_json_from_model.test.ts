import {
  type TokenizerJsonSettings,
  tokenizerJsonFromModel,
} from '../../../src/tokenization/pipeline/tokenizer_json_from_model';
import { TokenizerPipeline } from '../../../src/tokenization/pipeline/tokenizer_pipeline';
import { ALL_MODELS, RAW_MODELS } from '../tables';
import { addedTokenJson, fixtureModel, type JsonParts, specialTokens } from './tokenizer_json';

const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
const STRIP = { type: 'Strip', strip_left: true, strip_right: true };
const SPACES = { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' };
const special = (id: number, content: string, normalized = false) =>
  addedTokenJson(id, content, { special: true, normalized });
const specialPart = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
const sequencePart = (id: string, type_id: number) => ({ Sequence: { id, type_id } });

function write(
  name: (typeof ALL_MODELS)[number] | (typeof RAW_MODELS)[number],
  settings: Partial<TokenizerJsonSettings>,
) {
  const model = fixtureModel(name);
  const addedTokens = specialTokens(model);
  const json = tokenizerJsonFromModel(model, {
    algorithm: 'fast',
    doLowerCase: false,
    splitByPunct: false,
    addedTokens,
    ...settings,
  });
  return { model, json };
}

/** What transformers 4.57 writes of a model that DebertaV2TokenizerFast has converted. */
const FAST: [name: string, settings: Partial<TokenizerJsonSettings>, normalizers: object[], pretokenizers: object[]][] =
  [
    ['nothing set', {}, [STRIP, SPACES], [METASPACE]],
    ['do_lower_case', { doLowerCase: true }, [{ type: 'Lowercase' }, STRIP, SPACES], [METASPACE]],
    [
      'split_by_punct',
      { splitByPunct: true },
      [STRIP, SPACES],
      [{ type: 'Punctuation', behavior: 'Isolated' }, METASPACE],
    ],
  ];

describe.each(FAST)('what the reference writes with %s', (_name, settings, normalizers, pretokenizers) => {
  test.each([...ALL_MODELS, ...RAW_MODELS])('of the %s model', (name) => {
    const { model, json } = write(name, settings);
    const { precompiledCharsmap } = model.normalizerSpec;
    const charsmap = Buffer.from(precompiledCharsmap).toString('base64');
    const map = charsmap === '' ? [] : [{ type: 'Precompiled', precompiled_charsmap: charsmap }];
    const ofModel = model.pieces.flatMap((piece, id) =>
      model.types[id] === 4 ? [addedTokenJson(id, piece, { normalized: false })] : [],
    );
    expect(json).toEqual({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [
        special(0, '[PAD]'),
        special(1, '[CLS]'),
        special(2, '[SEP]'),
        special(3, '[UNK]', true),
        ...ofModel,
        special(model.pieces.length, '[MASK]'),
      ],
      normalizer: { type: 'Sequence', normalizers: [...normalizers.slice(0, -1), ...map, SPACES] },
      pre_tokenizer: { type: 'Sequence', pretokenizers },
      post_processor: {
        type: 'TemplateProcessing',
        single: [specialPart('[CLS]', 0), sequencePart('A', 0), specialPart('[SEP]', 0)],
        pair: [
          specialPart('[CLS]', 0),
          sequencePart('A', 0),
          specialPart('[SEP]', 0),
          sequencePart('B', 1),
          specialPart('[SEP]', 1),
        ],
        special_tokens: {
          '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
          '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
        },
      },
      decoder: METASPACE,
      model: {
        type: 'Unigram',
        unk_id: 3,
        vocab: model.pieces.map((piece, id) => [piece, model.scores[id]]),
        byte_fallback: false,
      },
    });
  });
});

test('the template has the special tokens that it is told', () => {
  const { json } = write('plain', { clsToken: { content: '<s>', id: 7 }, sepToken: { content: '</s>', id: 8 } });
  const { single } = json.post_processor as { single: unknown };
  expect(single).toEqual([specialPart('<s>', 0), sequencePart('A', 0), specialPart('</s>', 0)]);
  expect(TokenizerPipeline.fromJson(json).template.single).toEqual([
    { ids: [7], typeId: 0 },
    { sequence: 0, typeId: 0 },
    { ids: [8], typeId: 0 },
  ]);
});

const pieces = (
  text: string,
  name: 'plain' | 'byte_fallback' | 'bare',
  settings: Partial<TokenizerJsonSettings> = {},
) => TokenizerPipeline.fromJson(write(name, { algorithm: 'slow', ...settings }).json).encodePieces(text);

describe('what is written for the slow class', () => {
  test('puts bytes for what is unknown where the model has them', () => {
    expect(pieces('☃', 'byte_fallback')).toEqual(['▁', '<0xE2>', '<0x98>', '<0x83>']);
    expect(pieces('☃', 'plain')).toEqual(['▁', '☃']);
  });

  test('decodes bytes', () => {
    const pipeline = TokenizerPipeline.fromJson(write('byte_fallback', { algorithm: 'slow' }).json);
    expect(pipeline.decode(pipeline.encodeIds('the ☃ white'))).toBe('the ☃ white');
  });

  test('finds no piece that stands for a byte, for control, or for what is unknown', () => {
    expect(pieces('<0x41>', 'byte_fallback')).not.toContain('<0x41>');
    const { vocab } = write('byte_fallback', { algorithm: 'slow' }).json.model as { vocab: [string, number][] };
    const usual = Math.min(...vocab.slice(260).map(([, score]) => score));
    expect(vocab.slice(0, 260).every(([, score]) => score < usual)).toBe(true);
  });

  test('cuts at punctuation and leaves no space behind', () => {
    expect(pieces('a (b) c', 'plain', { splitByPunct: true })).toEqual(['▁a', '▁(', '▁b', '▁', ')', '▁c']);
    expect(pieces('a…b', 'plain', { splitByPunct: true })).toEqual(['▁a', '▁...', '▁b']);
  });

  test('composes letters and their accents', () => {
    expect(pieces('nai\u0308ve', 'plain')).toEqual(pieces('na\u00efve', 'plain'));
  });

  test('finds added tokens in the text as it was given', () => {
    const { added_tokens } = write('plain', { algorithm: 'slow' }).json as { added_tokens: JsonParts[] };
    expect(added_tokens.some(({ normalized }) => normalized)).toBe(false);
    expect(pieces('[unk] [UNK]', 'plain', { doLowerCase: true })).toEqual(['▁', '[', 'un', 'k', ']', '[UNK]']);
  });

  test('trims white space that normalization makes', () => {
    expect(pieces('\u200bthe\u200b \u200bwhite\u200b ▁', 'plain')).toEqual(['▁the', '▁white']);
  });
});
