import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { type AddedToken, addedToken } from '../../src/tokenization/added_token';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import { fixtureFolder } from './tables';
import { temporaryFolder } from './temporary_folder';

const at = temporaryFolder();

const CLASSES = [DebertaV2Tokenizer, DebertaV2TokenizerFast] as const;

describe.each(CLASSES.map((Class) => ({ Class, name: Class.name })))('added tokens of $name', ({ Class }) => {
  const load = (options: object = {}, source = fixtureFolder('plain')) => Class.fromPretrained(source, options);

  // Tokens, how many are new, a text and its tokens; from DebertaV2Tokenizer of transformers 4.57.
  const cases: [
    name: string,
    tokens: (string | AddedToken)[] | string,
    count: number,
    text: string,
    expected: string[],
  ][] = [
    ['a token alone', 'krill', 1, 'the krill', ['▁the', 'krill']],
    ['tokens', ['krill', '<num>'], 2, '<num> krill', ['<num>', 'krill']],
    ['a piece of the model', ['▁the'], 0, 'a▁the', ['▁a', '▁the']],
    ['a special token', ['[MASK]'], 0, '[MASK]', ['[MASK]']],
    ['the same token twice', ['krill', 'krill'], 1, 'krill', ['krill']],
    ['an empty token', [''], 0, 'a', ['▁a']],
    [
      'a token that strips',
      [addedToken('<L>', { lstrip: true, rstrip: true })],
      1,
      'the <L> whale',
      ['▁the', '<L>', '▁whale'],
    ],
    [
      'a single word',
      [addedToken('the', { singleWord: true })],
      0,
      'the whale other',
      ['the', '▁whale', '▁o', 'the', '▁r'],
    ],
  ];
  test.each(cases)('%s', async (_name, tokens, count, text, expected) => {
    const tokenizer = await load();
    const before = tokenizer.length;
    expect(tokenizer.addTokens(tokens)).toBe(count);
    expect(tokenizer).toHaveLength(before + count);
    expect(tokenizer.tokenize(text)).toEqual(expected);
    expect(tokenizer.call(text).input_ids.slice(1, -1)).toEqual(tokenizer.convertTokensToIds(expected));
  });

  test('new tokens get the ids from the length on', async () => {
    const tokenizer = await load();
    tokenizer.addTokens(['krill', 'plankton']);
    expect(tokenizer.convertTokensToIds(['krill', 'plankton'])).toEqual([2001, 2002]);
    expect(tokenizer.getAddedVocab().get('plankton')).toBe(2002);
    expect(tokenizer.getVocab().get('plankton')).toBe(2002);
    expect(tokenizer.vocabSize).toBe(2000);
    expect(tokenizer.decode([6, 2001], { skipSpecialTokens: true })).toBe('the krill');
  });

  test('a normalized token is lower-cased with the text', async () => {
    const tokenizer = await load({ doLowerCase: true });
    tokenizer.addTokens(['KRILL', addedToken('Plankton', { normalized: false })]);
    expect([...tokenizer.getAddedVocab().keys()].slice(-2)).toEqual(['krill', 'Plankton']);
    expect(tokenizer.tokenize('the KRILL krill')).toEqual(['▁the', 'krill', 'krill']);
  });

  test('pieces and unknown text that are also added tokens have the ids of those', async () => {
    const tokenizer = await load({ addedTokens: new Map([[2005, addedToken('▁whale')]]) });
    tokenizer.addTokens([addedToken('☃', { singleWord: true })]);
    for (const [text, ids] of [
      ['the whale', [1, 6, 2005, 2]],
      ['a☃ the', [1, 11, tokenizer.convertTokensToIds('☃'), 6, 2]],
    ] as const) {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.call(text, { padding: true }).input_ids).toEqual(ids);
    }
    if (!(tokenizer instanceof DebertaV2TokenizerFast)) return;
    const { input_ids: ids, offset_mapping: offsets } = tokenizer.call('the whale', { returnOffsetsMapping: true });
    expect([ids, offsets]).toEqual([
      [1, 6, 2005, 2],
      [
        [0, 0],
        [0, 3],
        [3, 9],
        [0, 0],
      ],
    ]);
  });

  test('special tokens by role take the role, and the old ones stay', async () => {
    const tokenizer = await load();
    expect(tokenizer.addSpecialTokens({ maskToken: '<mask>', additionalSpecialTokens: ['<user>', '<bot>'] })).toBe(3);
    expect([tokenizer.maskToken, tokenizer.maskTokenId]).toEqual(['<mask>', 2001]);
    expect(tokenizer.additionalSpecialTokens).toEqual(['<user>', '<bot>']);
    expect(tokenizer.tokenize('<user> [MASK] <mask>')).toEqual(['<user>', '[MASK]', '<mask>']);
    expect(tokenizer.decode(tokenizer.encode('<user> the <bot>'), { skipSpecialTokens: true })).toBe('the');
    expect(tokenizer).toHaveLength(2004);
  });

  test('additional special tokens are replaced or joined', async () => {
    const tokenizer = await load({ additionalSpecialTokens: ['<a>'] });
    tokenizer.addSpecialTokens({ additionalSpecialTokens: ['<b>'] }, { replaceAdditionalSpecialTokens: false });
    expect(tokenizer.additionalSpecialTokens).toEqual(['<a>', '<b>']);
    expect(tokenizer.addSpecialTokens(['<c>', '[CLS]'])).toBe(1);
    expect(tokenizer.additionalSpecialTokens).toEqual(['<a>', '<b>', '<c>']);
    tokenizer.addSpecialTokens({ additionalSpecialTokens: ['<d>'] });
    expect(tokenizer.additionalSpecialTokens).toEqual(['<d>']);
    expect(tokenizer.tokenize('<a><d>')).toEqual(['<a>', '<d>']);
  });

  test('a new special token around texts', async () => {
    const tokenizer = await load();
    tokenizer.addSpecialTokens({ clsToken: '<s>' });
    expect(tokenizer.encode('the')).toEqual([2001, 6, 2]);
    expect(tokenizer.call('the', { textPair: 'the' }).input_ids).toEqual([2001, 6, 2, 6, 2]);
  });

  test('all comes back from files', async () => {
    const tokenizer = await load();
    tokenizer.addTokens([
      'krill',
      addedToken('<L>', { lstrip: true }),
      addedToken('solo', { singleWord: true }),
      '▁the',
    ]);
    tokenizer.addSpecialTokens({ additionalSpecialTokens: ['<user>'] });
    await tokenizer.savePretrained(at('saved'));
    const again = await load({}, at('saved'));
    const text = 'the krill  <L> solo solos <user> a▁the [MASK]';
    expect(again.tokenize(text)).toEqual(tokenizer.tokenize(text));
    expect(again.encode(text)).toEqual(tokenizer.encode(text));
    expect(again).toHaveLength(tokenizer.length);
    expect(again.additionalSpecialTokens).toEqual(['<user>']);
  });

  test.each<[name: string, tokens: unknown, message: RegExp]>([
    ['a number', [5], /^A token to be added must be a string or made by addedToken, received 5\.$/],
    ['nothing', undefined, /received undefined\.$/],
  ])('%s is no token', async (_name, tokens, message) => {
    const tokenizer = await load();
    expect(() => tokenizer.addTokens(tokens as string)).toThrowDebertaError('tokenizer', message);
  });

  test('a role that does not exist', async () => {
    const tokenizer = await load();
    const roles: object = { mask_token: '<m>' };
    expect(() => tokenizer.addSpecialTokens(roles)).toThrowDebertaError(
      'tokenizer',
      /^A special token must be one of bosToken, .* received mask_token\.$/,
    );
  });

  test("a model's embeddings fit after resizeTokenEmbeddings", async () => {
    const tokenizer = await load();
    const config = new DebertaV2Config({
      vocabSize: tokenizer.length,
      hiddenSize: 8,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 8,
    });
    const model = new TFDebertaV2Model(config);
    tokenizer.addTokens(['krill', 'plankton']);
    model.resizeTokenEmbeddings(tokenizer.length);
    const batch = tokenizer.call('krill and plankton', { returnTensors: 'tf' });
    const output = model.predict(batch) as { shape: number[]; dispose(): void };
    expect(output.shape).toEqual([1, batch.input_ids.shape[1], 8]);
    output.dispose();
    for (const tensor of Object.values(batch)) tensor.dispose();
    model.dispose();
  });
});
