import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { detectReplacedTokens } from '../../src/pipelines/detect_replaced_tokens';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import { eachBackend } from '../harness';
import { tinyConfig } from '../layers/tiny_config';

const SPAM = join(__dirname, '..', '..', 'examples', 'checkpoints', 'spam');
const TEXTS = ['The chef ate the meal for the guests.', 'Naïve 🙂 prices!', ''];

let tokenizer: DebertaV2TokenizerFast;
beforeAll(async () => {
  tokenizer = await DebertaV2TokenizerFast.fromPretrained(SPAM);
});

eachBackend('detectReplacedTokens', () => {
  const newModel = () => {
    const config = tinyConfig({ vocabSize: tokenizer.length, maxPositionEmbeddings: 32, initializerRange: 1 });
    return new TFDebertaV2ForReplacedTokenDetection(config, { seed: 1 });
  };

  test('gives the tokens of each text with places, probabilities and what they say', async () => {
    const model = newModel();
    const detected = await detectReplacedTokens(model, tokenizer, TEXTS);
    expect(detected).toHaveLength(TEXTS.length);
    for (const [index, text] of TEXTS.entries()) {
      const encoding = tokenizer.call(text, { addSpecialTokens: false, returnOffsetsMapping: true });
      expect(detected[index]!.map(({ id }) => id)).toEqual(encoding.input_ids);
      expect(detected[index]!.map(({ start, end }) => [start, end])).toEqual(encoding.offset_mapping);
      expect(detected[index]!.map(({ token }) => token)).toEqual(tokenizer.convertIdsToTokens(encoding.input_ids));
      const ids = tf.tensor2d([tokenizer.encode(text)], undefined, 'int32');
      const scores = tf.sigmoid(model.predict(ids) as tf.Tensor);
      const tokens = tf.slice(tf.reshape(scores, [-1]), 1, encoding.input_ids.length);
      expect(tf.tensor1d(detected[index]!.map(({ score }) => score))).toBeCloseToTensor(tokens);
      for (const { score, isReplaced } of detected[index]!) expect(isReplaced).toBe(score >= 0.5);
    }
  });

  test('the threshold decides, and batches make no difference', async () => {
    const model = newModel();
    const whole = await detectReplacedTokens(model, tokenizer, TEXTS);
    const single = await detectReplacedTokens(model, tokenizer, TEXTS, { batchSize: 1, threshold: 0 });
    expect(single.flat().every(({ isReplaced }) => isReplaced)).toBe(true);
    const middle = whole
      .flat()
      .map(({ score }) => score)
      .sort((a, b) => a - b)[4]!;
    const above = await detectReplacedTokens(model, tokenizer, TEXTS, { threshold: middle });
    expect(above.flat().filter(({ isReplaced }) => !isReplaced)).toHaveLength(4);
    for (const [index, { score, token }] of whole.flat().entries()) {
      expect(single.flat()[index]!.token).toBe(token);
      expect(single.flat()[index]!.score).toBeCloseTo(score, 5);
    }
  });

  test('long texts are cut, no text is nothing, and no tensor stays', async () => {
    const model = newModel();
    const long = ['word '.repeat(100)];
    // What is kept for each length is there after the first time.
    for (const maxLength of [12, 32]) await detectReplacedTokens(model, tokenizer, long, { maxLength });
    const before = tf.memory().numTensors;
    const [cut] = await detectReplacedTokens(model, tokenizer, long, { maxLength: 12 });
    expect(cut).toHaveLength(10);
    expect((await detectReplacedTokens(model, tokenizer, long))[0]).toHaveLength(30);
    expect(await detectReplacedTokens(model, tokenizer, [])).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
  });

  const bad = [
    [{ threshold: 1.5 }, /threshold must be a probability from 0 to 1, received 1\.5/],
    [{ threshold: Number.NaN }, /received NaN/],
    [{ batchSize: 0 }, /batchSize must be a positive integer, received 0/],
  ] as const;
  test.each(bad)('%j is refused', async (options, message) => {
    const model = newModel();
    await expect(detectReplacedTokens(model, tokenizer, TEXTS, options)).rejects.toThrow(message);
  });
});
