import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Tokenizer } from 'tokenizers';
import { addedToken } from '../../src/tokenization/added_token';
import {
  DebertaV2TokenizerFast,
  type DebertaV2TokenizerFastOptions,
} from '../../src/tokenization/deberta_v2_tokenizer_fast';
import { fixtureFolder, MODELS, type ModelName, modelBytes } from './tables';
import { temporaryFolder } from './temporary_folder';

const at = temporaryFolder();

const TEXTS = ['the white whale', 'Café, the  old [MASK] man.', 'krill <num> 123', '☃ a☃b', 'THE Whale (a b)'];

const cases: [model: ModelName, options: DebertaV2TokenizerFastOptions][] = MODELS.flatMap((model) => [
  [model, {}],
  [model, { algorithm: 'fast' as const }],
  [model, { doLowerCase: true, splitByPunct: true }],
]);

describe.each(cases)('savePretrained of the fast tokenizer on the %s model with %j', (model, options) => {
  const save = async () => {
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(fixtureFolder(model), options);
    tokenizer.addTokens(['krill', addedToken('<num>', { lstrip: true, normalized: false })]);
    return { tokenizer, paths: await tokenizer.savePretrained(at()) };
  };

  test('comes back the same, from the folder and from each of the files', async () => {
    const { tokenizer, paths } = await save();
    expect(paths.every((path) => existsSync(path))).toBe(true);
    const again = await DebertaV2TokenizerFast.fromPretrained(at());
    expect(again.algorithm).toBe(tokenizer.algorithm);
    const alone = await DebertaV2TokenizerFast.fromPretrained(at('tokenizer.json'));
    const parsed = DebertaV2TokenizerFast.fromJson(JSON.parse(readFileSync(at('tokenizer.json'), 'utf8')));
    for (const text of TEXTS) {
      const { input_ids: ids, offset_mapping: offsets } = tokenizer.call(text, { returnOffsetsMapping: true });
      expect(again.call(text, { returnOffsetsMapping: true })).toMatchObject({
        input_ids: ids,
        offset_mapping: offsets,
      });
      expect([text, alone.encode(text), parsed.encode(text)]).toEqual([text, ids, ids]);
    }
    expect([again.length, alone.length]).toEqual([tokenizer.length, tokenizer.length]);
  });

  test('gives the same ids in the package tokenizers', async () => {
    const { tokenizer } = await save();
    const rust = Tokenizer.fromFile(at('tokenizer.json'));
    for (const text of TEXTS) expect((await rust.encode(text)).getIds()).toEqual(tokenizer.encode(text));
  });
});

describe('which file is read', () => {
  /** A tokenizer.json that knows another token than spm.model, and whose rows end with two [SEP]. */
  const folderWithBoth = async () => {
    const tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'), { algorithm: 'fast' });
    tokenizer.addTokens(['krill']);
    const json = tokenizer.toTokenizerJson() as { post_processor: { single: object[] } };
    json.post_processor.single.push({ SpecialToken: { id: '[SEP]', type_id: 0 } });
    const truncation = { direction: 'Left', max_length: 8, strategy: 'LongestFirst', stride: 0 };
    writeFileSync(at('tokenizer.json'), JSON.stringify({ ...json, truncation }));
    copyFileSync(`${fixtureFolder('plain')}/spm.model`, at('spm.model'));
  };

  test('spm.model unless the algorithm is fast', async () => {
    await folderWithBoth();
    const slow = await DebertaV2TokenizerFast.fromPretrained(at());
    expect([slow.algorithm, slow.encode('the'), slow.length]).toEqual(['slow', [1, 6, 2], 2001]);
    const fast = await DebertaV2TokenizerFast.fromPretrained(at(), { algorithm: 'fast' });
    expect([fast.algorithm, fast.encode('the'), fast.length]).toEqual(['fast', [1, 6, 2, 2], 2002]);
  });

  test('tokenizer.json says where to cut, and its template is followed', async () => {
    await folderWithBoth();
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(at('tokenizer.json'));
    expect(tokenizer.truncationSide).toBe('left');
    expect(tokenizer.call('the white whale', { truncation: true, maxLength: 4 }).input_ids).toEqual([1, 59, 2, 2]);
    expect(tokenizer.call('the', { returnSpecialTokensMask: true }).special_tokens_mask).toEqual([1, 0, 1, 1]);
  });

  const refused: [name: string, run: () => unknown, message: RegExp][] = [
    [
      'the algorithm slow without spm.model',
      () => DebertaV2TokenizerFast.fromPretrained(at('tokenizer.json'), { algorithm: 'slow' }),
      /^algorithm: 'slow' needs an spm\.model/,
    ],
    [
      'the vocabulary of a tokenizer.json alone',
      async () => (await DebertaV2TokenizerFast.fromPretrained(at('tokenizer.json'))).saveVocabulary(at()),
      /has no spm\.model to save; use savePretrained\.$/,
    ],
    [
      'a folder without either',
      () => DebertaV2TokenizerFast.fromPretrained(at('nowhere')),
      /pass a folder that holds spm\.model or tokenizer\.json/,
    ],
    [
      'what is no tokenizer.json',
      async () => DebertaV2TokenizerFast.fromJson({ model: { type: 'BPE' } }),
      /^tokenizer\.json cannot be used/,
    ],
  ];
  test.each(refused)('refuses %s', async (_name, run, message) => {
    await folderWithBoth();
    await expect(run).toThrowDebertaError('tokenizer', message);
  });
});
