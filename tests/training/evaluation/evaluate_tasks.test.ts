import * as tf from '@tensorflow/tfjs';
import type { DebertaV2ConfigInput } from '../../../src/config/config_schema';
import type { Collator, Feature } from '../../../src/data/collator';
import { choiceCollator } from '../../../src/data/collators/choice_collator';
import { maskedLMCollator } from '../../../src/data/collators/masked_lm_collator';
import { paddingCollator } from '../../../src/data/collators/padding_collator';
import { questionCollator } from '../../../src/data/collators/question_collator';
import { tokenCollator } from '../../../src/data/collators/token_collator';
import { ChoiceFeatureBuilder } from '../../../src/data/features/choice_feature_builder';
import { MaskedLMFeatureBuilder } from '../../../src/data/features/masked_lm_feature_builder';
import { QuestionFeatureBuilder } from '../../../src/data/features/question_feature_builder';
import { TextFeatureBuilder } from '../../../src/data/features/text_feature_builder';
import { TokenFeatureBuilder } from '../../../src/data/features/token_feature_builder';
import { highest } from '../../../src/data/scores';
import { TFDebertaV2ForMaskedLM } from '../../../src/models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../../../src/models/multiple_choice';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../../src/models/pretrained_model';
import { TFDebertaV2ForQuestionAnswering } from '../../../src/models/question_answering';
import { TFDebertaV2ForSequenceClassification } from '../../../src/models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../../src/models/token_classification';
import { useBackend } from '../../../src/runtime/use_backend';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { evaluateMaskedLanguageModel } from '../../../src/training/evaluation/evaluate_masked_language_model';
import { evaluateMultipleChoice } from '../../../src/training/evaluation/evaluate_multiple_choice';
import { evaluateQuestionAnswering } from '../../../src/training/evaluation/evaluate_question_answering';
import { evaluateTextClassification } from '../../../src/training/evaluation/evaluate_text_classification';
import { evaluateTokenClassification } from '../../../src/training/evaluation/evaluate_token_classification';
import { predictFeatures } from '../../../src/training/evaluation/predict_features';
import { VOCABULARY, VOCABULARY_SIZE } from '../../cli/support';
import { tinyConfig } from '../../layers/tiny_config';

let tokenizer: DebertaV2TokenizerFast;

beforeAll(async () => {
  await useBackend('wasm');
  tokenizer = await DebertaV2TokenizerFast.fromPretrained(VOCABULARY);
});

const TEXTS = ['Call me Ishmael.', 'Some years ago', 'never mind how long precisely', 'having little or no money', 'a'];

/** A model whose predictions differ from text to text. */
function modelOf<Model extends TFDebertaV2PreTrainedModel>(
  modelClass: ModelClass<Model>,
  changes: DebertaV2ConfigInput = {},
): Model {
  const sizes = { vocabSize: VOCABULARY_SIZE, maxPositionEmbeddings: 64, convKernelSize: 0, initializerRange: 0.5 };
  return new modelClass(tinyConfig({ ...sizes, ...changes }), { seed: 5 });
}

/** The loss that the model itself gives for all features in one batch. */
function lossOf<F extends Feature>(model: TFDebertaV2PreTrainedModel, features: readonly F[], collator: Collator<F>) {
  const { xs, ys } = collator(features, 0);
  return tf.tidy(() => {
    const tensors = Object.entries({ ...xs, ...ys }).map(([name, { values, shape }]) => [
      name,
      tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
    ]);
    return (model.forward(Object.fromEntries(tensors)) as { loss: tf.Scalar }).loss.dataSync()[0]!;
  });
}

/** What the model predicts for each feature by itself. */
async function alone<F extends Feature>(
  model: TFDebertaV2PreTrainedModel,
  features: readonly F[],
  collator: Collator<F>,
) {
  const [logits] = await predictFeatures(model, features, { collator, batchSize: 1 });
  return logits!;
}

describe('text classification', () => {
  test.each<[name: string, changes: DebertaV2ConfigInput, labels: readonly (number | number[])[], keys: string[]]>([
    ['one class a text', {}, [0, 1, 1, 0, 1], ['accuracy', 'f1', 'matthews_correlation']],
    [
      'one class a text, by the configuration',
      { numLabels: 3, problemType: 'single_label_classification' },
      [0, 2, 1, 0, 1],
      ['accuracy', 'f1', 'matthews_correlation'],
    ],
    [
      'several labels a text',
      { numLabels: 3, problemType: 'multi_label_classification' },
      [
        [0, 1, 1],
        [1, 1, 0],
        [0, 0, 0],
        [1, 0, 1],
        [0, 0, 1],
      ],
      ['f1', 'f1_macro'],
    ],
    ['regression', { numLabels: 1 }, [[0.5], [1.25], [-2], [3], [0]], ['pearson', 'spearman', 'mse']],
  ])('of %s', async (_name, changes, labels, keys) => {
    const model = modelOf(TFDebertaV2ForSequenceClassification, changes);
    const collator = paddingCollator({ tokenizer });
    const builder = new TextFeatureBuilder({ tokenizer });
    const features = TEXTS.flatMap((text) => builder.build({ text })).map((feature, index) => ({
      ...feature,
      labels: labels[index]!,
    }));
    const values = await evaluateTextClassification(model, features, { collator, batchSize: 2 });
    expect(Object.keys(values)).toEqual(['loss', ...keys]);
    expect(values.loss).toBeCloseTo(lossOf(model, features, collator), 5);
    if ('accuracy' in values) {
      const rows = await alone(model, features, collator);
      const right = rows.filter((row, index) => highest(row, 1)[0] === labels[index]).length;
      expect(values.accuracy).toBeCloseTo(right / labels.length, 10);
    }
    if ('mse' in values) expect(values.mse).toBeCloseTo(values.loss!, 5);
    model.dispose();
  });
});

describe('token classification', () => {
  const sentences = TEXTS.map((text) => text.split(' '));

  test.each<[name: string, names: readonly string[]]>([
    ['of entities', ['O', 'B-X', 'I-X']],
    ['of tags that mark no entity', ['DET', 'NOUN', 'VERB']],
  ])('%s', async (_name, names) => {
    const model = modelOf(TFDebertaV2ForTokenClassification, { id2label: Object.fromEntries(names.entries()) });
    const collator = tokenCollator({ tokenizer });
    const builder = new TokenFeatureBuilder({ tokenizer, labelNames: names });
    const features = sentences.flatMap((tokens) =>
      builder.build({ tokens, tags: tokens.map((_, index) => index % names.length) }),
    );
    const values = await evaluateTokenClassification(model, features, { collator, batchSize: 2 });
    expect(Object.keys(values)).toEqual(['loss', 'f1', 'precision', 'recall', 'accuracy']);
    expect(values.loss).toBeCloseTo(lossOf(model, features, collator), 5);
    const rows = await alone(model, features, collator);
    const hits = features.flatMap(({ labels }, index) =>
      labels.flatMap((label, token) => {
        const scores = rows[index]!.subarray(token * names.length, (token + 1) * names.length);
        return label < 0 ? [] : [Number(highest(scores, 1)[0] === label)];
      }),
    );
    expect(values.accuracy).toBeCloseTo(hits.reduce((a, b) => a + b) / hits.length, 10);
    model.dispose();
  });
});

describe('question answering', () => {
  const context = 'Moby Dick was written by Herman Melville in New York, and nobody read it then.';
  const questions = ['Who wrote it?', 'Where?', 'Who read it?'];
  const expected = ['Herman Melville', 'New York', 'nobody'];
  const examples = questions.map((question, index) => ({
    id: String(index),
    question,
    context,
    answers: { text: [expected[index]!], answer_start: [context.indexOf(expected[index]!)] },
  }));

  test('gives the scores of its own answers, whatever is padded, on either side', async () => {
    const model = modelOf(TFDebertaV2ForQuestionAnswering);
    const builder = new QuestionFeatureBuilder({ tokenizer, maxLength: 24, stride: 4, labelAnswers: false });
    const features = examples.flatMap((example) => builder.build(example));
    expect(features.length).toBeGreaterThan(examples.length);
    const results = [];
    for (const side of ['right', 'left'] as const) {
      tokenizer.paddingSide = side;
      const collator = questionCollator({ tokenizer });
      for (const batchSize of [1, 4]) {
        results.push(await evaluateQuestionAnswering(model, features, { examples, collator, batchSize }));
      }
    }
    tokenizer.paddingSide = 'right';
    expect(Object.keys(results[0]!)).toEqual(['f1', 'exact_match']);
    for (const result of results) expect(result).toEqual(results[0]);
    model.dispose();
  });

  test('of questions without answer gives both parts, and counts what has no features as no answer', async () => {
    const model = modelOf(TFDebertaV2ForQuestionAnswering);
    const unanswerable = { id: 'none', question: 'Why?', context, answers: { text: [], answer_start: [] } };
    const builder = new QuestionFeatureBuilder({ tokenizer, maxLength: 40, stride: 4, labelAnswers: false });
    const features = examples.flatMap((example) => builder.build(example));
    const collator = questionCollator({ tokenizer });
    const values = await evaluateQuestionAnswering(model, features, {
      examples: [...examples, unanswerable],
      collator,
    });
    expect(values).toMatchObject({ NoAns_f1: 100, HasAns_f1: expect.any(Number) });
    model.dispose();
  });
});

test('masked language modelling gives loss and perplexity of the same tokens in each call', async () => {
  const model = modelOf(TFDebertaV2ForMaskedLM);
  const builder = new MaskedLMFeatureBuilder({ tokenizer });
  const features = TEXTS.flatMap((text) => builder.build({ text }));
  const collator = maskedLMCollator({ tokenizer, mlmProbability: 0.5 });
  const evaluate = (seed: number) => evaluateMaskedLanguageModel(model, features, { collator, batchSize: 2, seed });
  const values = await evaluate(3);
  expect(Object.keys(values)).toEqual(['loss', 'perplexity']);
  expect(values.perplexity).toBeCloseTo(Math.exp(values.loss!), 6);
  expect(await evaluate(3)).toEqual(values);
  expect(await evaluate(4)).not.toEqual(values);
  model.dispose();
});

test('multiple choice', async () => {
  const model = modelOf(TFDebertaV2ForMultipleChoice);
  const builder = new ChoiceFeatureBuilder({ tokenizer });
  const features = TEXTS.slice(0, 4).flatMap((context, index) =>
    builder.build({
      context,
      question: 'and then',
      choices: ['he went', 'she came home', 'nothing'],
      label: index % 3,
    }),
  );
  const collator = choiceCollator({ tokenizer });
  const values = await evaluateMultipleChoice(model, features, { collator, batchSize: 3 });
  const rows = await alone(model, features, collator);
  const right = rows.filter((row, index) => highest(row, 1)[0] === index % 3).length;
  expect(values).toEqual({ loss: expect.closeTo(lossOf(model, features, collator), 5), accuracy: right / 4 });
  model.dispose();
});

describe('every evaluation', () => {
  const setUp = () => {
    const model = modelOf(TFDebertaV2ForSequenceClassification);
    const builder = new TextFeatureBuilder({ tokenizer });
    const features = TEXTS.flatMap((text, index) => builder.build({ text, label: index % 2 }));
    return { model, features, collator: paddingCollator({ tokenizer }) };
  };

  test('leaves no tensor behind', async () => {
    const { model, features, collator } = setUp();
    const unlabelled = [{ input_ids: features[0]!.input_ids }];
    const evaluate = async () => {
      await evaluateTextClassification(model, features, { collator, batchSize: 2 });
      await expect(evaluateTextClassification(model, unlabelled, { collator })).rejects.toThrow('must have labels');
    };
    // Tables of positions are kept for each length.
    await evaluate();
    const before = tf.memory().numTensors;
    await evaluate();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test('is ended between two batches by its signal', async () => {
    const { model, features, collator } = setUp();
    const controller = new AbortController();
    const stopping = (...args: Parameters<typeof collator>) => {
      controller.abort(new Error('enough'));
      return collator(...args);
    };
    const options = { collator: stopping, batchSize: 1, signal: controller.signal };
    await expect(evaluateTextClassification(model, features, options)).rejects.toThrow('enough');
    model.dispose();
  });

  test.each<[name: string, features: readonly Feature[], batchSize: number, message: RegExp]>([
    ['features without labels', [{ input_ids: [1, 5, 2] }], 8, /must have labels that count, received none/],
    ['no features', [], 8, /must have labels that count, received none/],
    ['a batch size of 0', [{ input_ids: [1, 5, 2] }], 0, /batchSize/],
  ])('refuses %s', async (_name, features, batchSize, message) => {
    const { model, collator } = setUp();
    await expect(() => evaluateTextClassification(model, features, { collator, batchSize })).toThrowDebertaError(
      'input',
      message,
    );
    model.dispose();
  });
});
