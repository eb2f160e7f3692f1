import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addedToken } from '../../src/tokenization/added_token';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { recordedLogs } from '../harness/recorded_logs';
import { fixtureFolder, modelBytes } from './tables';
import { temporaryFolder } from './temporary_folder';

const at = temporaryFolder();

const VOCABULARY = join(fixtureFolder('plain'), 'spm.model');

/** A checkpoint folder with the plain model and the given JSON files. */
function checkpoint(files: Record<string, unknown> = {}): string {
  copyFileSync(VOCABULARY, at('spm.model'));
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), JSON.stringify(content));
  return at();
}

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

describe('fromPretrained', () => {
  test('reads a folder that holds nothing but the vocabulary, as published checkpoints do', async () => {
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(checkpoint());
    expect(tokenizer.encode('the [MASK]')).toEqual([1, 6, 2000, 2]);
    expect(tokenizer).toMatchObject({
      modelMaxLength: 1e30,
      paddingSide: 'right',
      truncationSide: 'right',
      doLowerCase: false,
      splitByPunct: false,
      padTokenTypeId: 0,
    });
  });

  test('reads a model file alone', async () => {
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(VOCABULARY);
    expect(tokenizer.tokenize('the whale')).toEqual(['▁the', '▁whale']);
  });

  test('honours tokenizer_config.json, and options override it', async () => {
    const folder = checkpoint({
      'tokenizer_config.json': {
        do_lower_case: true,
        split_by_punct: true,
        model_max_length: 512,
        padding_side: 'left',
        truncation_side: 'left',
        clean_up_tokenization_spaces: true,
        mask_token: '<mask>',
        pad_token: null,
        vocab_type: 'spm',
      },
    });
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(folder, { truncationSide: 'right', splitByPunct: false });
    expect(tokenizer).toMatchObject({
      doLowerCase: true,
      splitByPunct: false,
      modelMaxLength: 512,
      paddingSide: 'left',
      truncationSide: 'right',
      cleanUpTokenizationSpaces: true,
      maskToken: '<mask>',
      maskTokenId: 2000,
      padToken: '[PAD]',
    });
    expect(tokenizer.tokenize('THE <mask> [MASK]')).toEqual(['▁the', '<mask>', ...tokenizer.tokenize('[mask]')]);
  });

  test('takes 10³⁰ in full, as Python writes it, for no maximum', async () => {
    writeFileSync(at('tokenizer_config.json'), '{"model_max_length": 1000000000000000019884624838656}');
    expect((await DebertaV2Tokenizer.fromPretrained(checkpoint())).modelMaxLength).toBe(1e30);
  });

  test('honours added_tokens_decoder, and then leaves the older files alone', async () => {
    const folder = checkpoint({
      'tokenizer_config.json': {
        added_tokens_decoder: {
          2000: {
            content: '[MASK]',
            lstrip: true,
            rstrip: false,
            single_word: false,
            normalized: false,
            special: true,
          },
          2001: {
            content: 'krill',
            lstrip: false,
            rstrip: false,
            single_word: false,
            normalized: true,
            special: false,
          },
        },
        additional_special_tokens: ['<ent>'],
        tokenizer_class: 'DebertaV2Tokenizer',
      },
      'special_tokens_map.json': { cls_token: '[OTHER]' },
      'added_tokens.json': { other: 2005 },
    });
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(folder);
    expect(Object.fromEntries(tokenizer.getAddedVocab())).toEqual({
      '[PAD]': 0,
      '[CLS]': 1,
      '[SEP]': 2,
      '[UNK]': 3,
      '[MASK]': 2000,
      krill: 2001,
      '<ent>': 2002,
    });
    expect(tokenizer).toHaveLength(2003);
    expect(tokenizer.getVocab().get('▁whale')).toBe(59);
    expect(tokenizer.additionalSpecialTokens).toEqual(['<ent>']);
    const ids = tokenizer.encode('the krill <ent> whale', { addSpecialTokens: false });
    expect(ids).toEqual([6, 2001, 2002, 59]);
    expect(tokenizer.decode(ids)).toBe('the krill <ent> whale');
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe('the krill whale');
  });

  test('honours special_tokens_map.json and added_tokens.json where there is nothing newer', async () => {
    const folder = checkpoint({
      'special_tokens_map.json': {
        mask_token: { content: '[MASK]', lstrip: true, rstrip: true, single_word: false, normalized: false },
        additional_special_tokens: ['<ent>'],
      },
      'added_tokens.json': { '[MASK]': 2000, '<ent>': 2001, krill: 2002 },
    });
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(folder);
    expect(tokenizer.convertTokensToIds(['[MASK]', '<ent>', 'krill'])).toEqual([2000, 2001, 2002]);
    expect(tokenizer.allSpecialTokens).toEqual(['[CLS]', '[SEP]', '[UNK]', '[PAD]', '[MASK]', '<ent>']);
    expect(tokenizer.decode([6, 2002, 2001], { skipSpecialTokens: true })).toBe('the krill');
  });

  test('splits special tokens up like any text where it is told to', async () => {
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(checkpoint(), { splitSpecialTokens: true });
    expect(tokenizer.tokenize('the [MASK]')).not.toContain('[MASK]');
  });

  test('warns of a folder that was written for another class', async () => {
    const folder = checkpoint({ 'tokenizer_config.json': { tokenizer_class: 'BertTokenizer' } });
    const logs = await recordedLogs(() => DebertaV2Tokenizer.fromPretrained(folder));
    expect(logs).toEqual([expect.stringMatching(/was written for BertTokenizer, not for DebertaV2Tokenizer/)]);
  });
});

describe('fromPretrained refuses', () => {
  const load = (source: string) => () => DebertaV2Tokenizer.fromPretrained(source);

  test('a folder without vocabulary, and says what it looked for', async () => {
    mkdirSync(at('empty'));
    await expect(load(at('empty'))).toThrowDebertaError(
      'tokenizer',
      /^No SentencePiece vocabulary was found at .*empty.spm\.model; pass a folder that holds spm\.model, or/,
    );
  });

  test('a folder with tokenizer.json alone, and says so', async () => {
    writeFileSync(at('tokenizer.json'), '{}');
    await expect(load(at())).toThrowDebertaError(
      'tokenizer',
      /tokenizer\.json is read by DebertaV2TokenizerFast alone/,
    );
  });

  test('a path where there is nothing', async () => {
    await expect(load(at('nowhere'))).toThrowDebertaError(
      'tokenizer',
      /^No SentencePiece vocabulary was found at .*nowhere;/,
    );
  });

  test('a vocabulary that is cut short', async () => {
    writeFileSync(at('spm.model'), modelBytes('plain').slice(0, 9999));
    await expect(load(at())).toThrowDebertaError(
      'tokenizer',
      /spm\.model must be a SentencePiece model, received 9999 bytes/,
    );
  });

  test('a folder in the place of the vocabulary', async () => {
    mkdirSync(at('spm.model'));
    await expect(load(at())).toThrowDebertaError('tokenizer', /spm\.model could not be read \(EISDIR\)/);
  });

  const files: [name: string, content: string, message: RegExp][] = [
    [
      'tokenizer_config.json',
      '{"do_lower_case": tru',
      /tokenizer_config\.json must be a JSON file, but it does not parse/,
    ],
    ['tokenizer_config.json', '[]', /tokenizer_config\.json cannot be used, since the file is not as it must be/],
    [
      'tokenizer_config.json',
      '{"do_lower_case": "yes"}',
      /since do_lower_case is not as it must be .*expected boolean/,
    ],
    ['tokenizer_config.json', '{"padding_side": "top"}', /since padding_side is not as it must be/],
    ['tokenizer_config.json', '{"model_max_length": -1}', /since model_max_length is not as it must be/],
    ['tokenizer_config.json', '{"added_tokens_decoder": {"x": {"content": "a"}}}', /since added_tokens_decoder/],
    ['special_tokens_map.json', '{"cls_token": 5}', /special_tokens_map\.json cannot be used, since cls_token is/],
    ['added_tokens.json', '{"[MASK]": "a"}', /added_tokens\.json cannot be used, since \[MASK\] is/],
  ];
  test.each(files)('%s with the content %s', async (name, content, message) => {
    checkpoint();
    writeFileSync(at(name), content);
    await expect(load(at())).toThrowDebertaError('tokenizer', message);
  });
});

describe('saveVocabulary', () => {
  test('writes the model as it was read', async () => {
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(VOCABULARY);
    expect(await tokenizer.saveVocabulary(at('new', 'folder'))).toEqual([at('new', 'folder', 'spm.model')]);
    expect(readFileSync(at('new', 'folder', 'spm.model'))).toEqual(readFileSync(VOCABULARY));
  });

  test('puts a prefix before the name', async () => {
    const tokenizer = await DebertaV2Tokenizer.fromModel(modelBytes('plain'));
    expect(await tokenizer.saveVocabulary(at(), 'my')).toEqual([at('my-spm.model')]);
    expect(readFileSync(at('my-spm.model'))).toEqual(readFileSync(VOCABULARY));
  });

  test('cannot write below a file', async () => {
    writeFileSync(at('file'), '');
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(VOCABULARY);
    await expect(() => tokenizer.saveVocabulary(at('file', 'below'))).toThrowDebertaError(
      'output',
      /could not be written/,
    );
  });
});

describe('savePretrained', () => {
  test('writes what Hugging Face writes', async () => {
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(VOCABULARY);
    const paths = await tokenizer.savePretrained(at('saved'));
    const names = ['spm.model', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'];
    expect(paths).toEqual(names.map((name) => at('saved', name)));
    expect(readJson(at('saved', 'added_tokens.json'))).toEqual({ '[MASK]': 2000 });
    expect(readJson(at('saved', 'special_tokens_map.json'))).toEqual({
      bos_token: '[CLS]',
      cls_token: '[CLS]',
      eos_token: '[SEP]',
      mask_token: '[MASK]',
      pad_token: '[PAD]',
      sep_token: '[SEP]',
      unk_token: { content: '[UNK]', lstrip: false, normalized: true, rstrip: false, single_word: false },
    });
    expect(readJson(at('saved', 'tokenizer_config.json'))).toMatchObject({
      tokenizer_class: 'DebertaV2Tokenizer',
      do_lower_case: false,
      split_by_punct: false,
      mask_token: '[MASK]',
      added_tokens_decoder: {
        3: { content: '[UNK]', lstrip: false, normalized: true, rstrip: false, single_word: false, special: true },
        2000: { content: '[MASK]', lstrip: false, normalized: false, rstrip: false, single_word: false, special: true },
      },
    });
  });

  test('comes back the same, settings, added tokens and unknown keys included', async () => {
    const folder = checkpoint({ 'tokenizer_config.json': { vocab_type: 'spm', do_lower_case: true } });
    const options = {
      modelMaxLength: 64,
      paddingSide: 'left',
      truncationSide: 'left',
      cleanUpTokenizationSpaces: true,
      splitByPunct: true,
      splitSpecialTokens: false,
      maskToken: addedToken('<mask>', { special: true, lstrip: true }),
      additionalSpecialTokens: ['<ent>'],
      addedTokens: new Map([[2000, addedToken('krill', { singleWord: true })]]),
    } as const;
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(folder, options);
    await tokenizer.savePretrained(at('saved'));
    const again = await DebertaV2Tokenizer.fromPretrained(at('saved'));
    const text = 'The WHALE, <mask> krill krills <ent>.';
    expect(again.tokenize(text)).toEqual(tokenizer.tokenize(text));
    expect(again.encode(text)).toEqual(tokenizer.encode(text));
    expect(again.getAddedVocab()).toEqual(new Map([...tokenizer.getAddedVocab()].sort(([, a], [, b]) => a - b)));
    expect(again.getVocab()).toEqual(tokenizer.getVocab());
    expect(again).toMatchObject({
      modelMaxLength: 64,
      paddingSide: 'left',
      truncationSide: 'left',
      splitByPunct: true,
    });
    expect(again).toMatchObject({ doLowerCase: true, cleanUpTokenizationSpaces: true, splitSpecialTokens: false });
    expect([again.maskToken, again.additionalSpecialTokens]).toEqual(['<mask>', ['<ent>']]);
    expect(readJson(at('saved', 'tokenizer_config.json')).vocab_type).toBe('spm');

    await again.savePretrained(at('again'));
    for (const name of ['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json']) {
      expect(readFileSync(at('again', name), 'utf8')).toBe(readFileSync(at('saved', name), 'utf8'));
    }
  });

  test('leaves other files of the folder alone', async () => {
    writeFileSync(at('model.safetensors'), 'weights');
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(VOCABULARY);
    await tokenizer.savePretrained(at());
    expect(readFileSync(at('model.safetensors'), 'utf8')).toBe('weights');
  });
});
