import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { trimVocabulary } from '../../src/compression/trim_vocabulary';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { useBackend } from '../../src/runtime/use_backend';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import type { PreTrainedTokenizer } from '../../src/tokenization/pretrained_tokenizer';
import { eachBackend } from '../harness';
import { readRealLines } from '../tokenization/parity/real_lines';
import { silenceLogger } from '../tokenization/silence_logger';
import { modelBytes, readTexts } from '../tokenization/tables';

silenceLogger();

const CORPUS = [
  ...readTexts().shared.filter((text, index) => index % 8 === 0 && text.length < 60),
  ...readRealLines().filter((_, index) => index % 2500 === 0),
];
/** Rows that no token has, as in the published models. */
const UNUSED_ROWS = 99;

type FixtureName = 'plain' | 'byte_fallback';

const TOKENIZERS: Record<string, (name: FixtureName) => Promise<PreTrainedTokenizer>> = {
  slow: (name) => DebertaV2Tokenizer.fromModel(modelBytes(name)),
  fast: (name) => DebertaV2TokenizerFast.fromModel(modelBytes(name)),
  'tokenizer.json': async (name) => {
    const fast = await DebertaV2TokenizerFast.fromModel(modelBytes(name), { algorithm: 'fast' });
    return DebertaV2TokenizerFast.fromJson(fast.toTokenizerJson());
  },
};

function configFor(tokenizer: PreTrainedTokenizer, changes: DebertaV2ConfigInput = {}): DebertaV2Config {
  return new DebertaV2Config({
    vocabSize: tokenizer.length + UNUSED_ROWS,
    hiddenSize: 8,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 12,
    maxPositionEmbeddings: 24,
    relativeAttention: true,
    positionBuckets: 4,
    posAttType: 'p2c|c2p',
    shareAttKey: true,
    normRelEbd: 'layer_norm',
    positionBiasedInput: false,
    initializerRange: 0.5,
    ...changes,
  });
}

/** Of the corpus so many as `cpu` can do in a moment. */
const batchOf = (tokenizer: PreTrainedTokenizer, texts: readonly string[] = CORPUS.filter((_, i) => i % 14 === 0)) =>
  tokenizer.call(texts, { padding: true, truncation: true, maxLength: 10, returnTensors: 'tf' });

eachBackend('trimVocabulary', () => {
  afterEach(() => tf.disposeVariables());

  const cases = Object.keys(TOKENIZERS).flatMap((kind) =>
    (['plain', 'byte_fallback'] as const).map((name) => ({ kind, name })),
  );
  test.each(cases)('of the encoder and the $kind tokenizer of $name: the same states', async ({ kind, name }) => {
    const tokenizer = await TOKENIZERS[kind]!(name);
    const model = new TFDebertaV2Model(configFor(tokenizer), { seed: 3 });
    const before = model.forward(batchOf(tokenizer)).last_hidden_state;
    const predicted = model.predict(batchOf(tokenizer)) as tf.Tensor;
    const rows = model.config.vocabSize;
    const { tokenizer: small, report, oldIds } = await trimVocabulary(model, tokenizer, CORPUS);
    expect(model.forward(batchOf(small)).last_hidden_state).toBeCloseToTensor(before, 0);
    expect(model.predict(batchOf(small)) as tf.Tensor).toBeCloseToTensor(predicted, 0);
    expect(small.constructor).toBe(tokenizer.constructor);
    expect(model.config.vocabSize).toBe(small.length);
    expect(report).toMatchObject({ rowsBefore: rows, rowsAfter: oldIds.length, coverage: 1, changedTexts: 0 });
    expect(report.bytesBefore - report.bytesAfter).toBe(4 * 8 * (rows - oldIds.length));
    expect(report.rowsAfter).toBeLessThan(rows / 2 + (name === 'plain' ? 0 : 256));
  });

  test.each(cases)('of a masked-LM model and the $kind tokenizer of $name: the same scores', async ({ kind, name }) => {
    const tokenizer = await TOKENIZERS[kind]!(name);
    const model = new TFDebertaV2ForMaskedLM(configFor(tokenizer), { seed: 3 });
    const states = () => model.forward(batchOf(tokenizer), { outputHiddenStates: true });
    const before = states();
    const { tokenizer: small, oldIds } = await trimVocabulary(model, tokenizer, CORPUS);
    const after = model.forward(batchOf(small), { outputHiddenStates: true });
    for (const [index, state] of after.hidden_states!.entries()) {
      expect(state).toBeCloseToTensor(before.hidden_states![index]!, 0);
    }
    expect(after.logits).toBeCloseToTensor(tf.gather(before.logits, [...oldIds], 2));
    expect(model.predict(batchOf(small)) as tf.Tensor).toBeCloseToTensor(after.logits);
  });
});

describe('the spam classifier of the examples', () => {
  const SPAM = join(__dirname, '..', '..', 'examples', 'checkpoints', 'spam');
  const TEXTS = ['You have won a free prize!', 'The patch fixes the build on Linux.', '[MASK] résumé ☃'];
  let folder: string;
  beforeAll(async () => {
    await useBackend('wasm');
    folder = await mkdtemp(join(tmpdir(), 'tfjs-deberta-v2-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('answers its texts as before, saved and loaded too, and holds a fraction', async () => {
    const model = await TFDebertaV2ForSequenceClassification.fromPretrained(SPAM);
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(SPAM);
    const logitsOf = (classifier: TFDebertaV2ForSequenceClassification, tokens: PreTrainedTokenizer) =>
      tf.tidy(() => classifier.forward(batchOf(tokens, TEXTS)).logits.dataSync());
    const before = logitsOf(model, tokenizer);
    const tensors = tf.memory().numTensors;
    const { tokenizer: small, report } = await trimVocabulary(model, tokenizer, TEXTS);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(logitsOf(model, small)).toEqual(before);
    expect(report.rowsAfter).toBeLessThan(report.rowsBefore / 5);
    const { embeddingSize } = model.config;
    expect(report.bytesBefore - report.bytesAfter).toBe(4 * embeddingSize * (report.rowsBefore - report.rowsAfter));
    await model.savePretrained(folder, { format: 'safetensors' });
    await small.savePretrained(folder);
    const loaded = await TFDebertaV2ForSequenceClassification.fromPretrained(folder);
    for (const read of [DebertaV2Tokenizer, DebertaV2TokenizerFast]) {
      expect(logitsOf(loaded, await read.fromPretrained(folder))).toEqual(before);
    }
    expect(loaded.config.vocabSize).toBe(small.length);
    model.dispose();
    loaded.dispose();
  });
});

describe('token ids of the configuration', () => {
  test('follow, and their tokens stay though the corpus lacks them', async () => {
    await tf.setBackend('cpu');
    const tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'));
    const whale = tokenizer.convertTokensToIds('▁whale');
    const json = { ...configFor(tokenizer).toJSON(), mask_token_id: tokenizer.maskTokenId, whale_token_id: whale };
    const model = new TFDebertaV2Model(DebertaV2Config.fromJSON({ ...json, eos_token_id: tokenizer.length + 1 }));
    const { tokenizer: small } = await trimVocabulary(model, tokenizer, ['the sea'], { keep: ['▁ship'] });
    expect(small.getVocab().has('▁ship')).toBe(true);
    expect(model.config.toJSON()).toEqual({
      ...json,
      vocab_size: small.length,
      mask_token_id: small.maskTokenId,
      whale_token_id: small.convertTokensToIds('▁whale'),
      eos_token_id: null,
    });
    expect(small.convertTokensToIds('▁whale')).not.toBe(small.unkTokenId);
    model.dispose();
  });
});

describe('refused, with the model as it was', () => {
  let tokenizer: DebertaV2TokenizerFast;
  let model: TFDebertaV2Model;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'));
  });
  afterEach(() => model.dispose());

  test('a tokenizer with more tokens than the model has rows', async () => {
    model = new TFDebertaV2Model(configFor(tokenizer, { vocabSize: 100 }));
    await expect(() => trimVocabulary(model, tokenizer, ['the'])).toThrowDebertaError(
      'usage',
      /a row for each token, .* received 100 rows .* for ids up to 2000; use the tokenizer of this model/,
    );
    expect(model.config.vocabSize).toBe(100);
  });

  test('a padding token that the tokenizer lacks', async () => {
    model = new TFDebertaV2Model(configFor(tokenizer, { padTokenId: tokenizer.length + 5 }));
    await expect(() => trimVocabulary(model, tokenizer, ['the'])).toThrowDebertaError(
      'usage',
      /pad_token_id 2006 for ids/,
    );
  });

  test('a corpus that changes under way', async () => {
    model = new TFDebertaV2Model(configFor(tokenizer));
    const rows = model.config.vocabSize;
    let pass = 0;
    const corpus = () => ['the', 'sea'].slice(pass++);
    await expect(() => trimVocabulary(model, tokenizer, corpus)).toThrowDebertaError('tokenizer', /same texts twice/);
    expect(model.config.vocabSize).toBe(rows);
    expect(model.deberta.embeddings.wordEmbeddings.table.shape[0]).toBe(rows);
  });
});
