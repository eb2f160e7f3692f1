import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { openSafetensors } from '../../src/convert/safetensors/safetensors_reader';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import type { EmbeddingSharing } from '../../src/pretraining/embedding_sharing';
import { evaluateReplacedTokenDetection } from '../../src/pretraining/evaluate_replaced_token_detection';
import { type PretrainOptions, pretrain } from '../../src/pretraining/pretrain';
import type { ReplacedTokenDetectionPretraining } from '../../src/pretraining/replaced_token_detection_pretraining';
import { useBackend } from '../../src/runtime/use_backend';
import { localFolder } from '../../src/sources/local_folder';
import { useTemporaryFolder } from '../convert/support';
import { type BackendName, eachBackend } from '../harness';
import { onTensorflow } from '../harness/on_tensorflow';
import { weightBits } from '../training/toy_run';
import { toyBatch, toyBatches, toyConfig, toyOptimizer, toyPretraining } from './toy_pretraining';

const folder = useTemporaryFolder();
const MODES: EmbeddingSharing[] = ['gdes', 'es', 'none'];
const WORDS = 'deberta.embeddings.word_embeddings';

const tableOf = ({ deberta }: TFDebertaV2PreTrainedModel) => deberta.embeddings.wordEmbeddings.table;
const bitsOf = ({ generator, discriminator }: ReplacedTokenDetectionPretraining) => [
  weightBits(generator),
  weightBits(discriminator),
];

/** `cpu` computes as `wasm` does, and has the time for one. */
const modesOf = (backend: BackendName) => (backend === 'cpu' ? MODES.slice(0, 1) : MODES);

eachBackend('tables', (backend) => {
  test.each(modesOf(backend))('with %s are as they must be after every step', async (embeddingSharing) => {
    const pretraining = toyPretraining({ embeddingSharing });
    const { generator, discriminator, tables } = pretraining;
    const before = tf.clone(tableOf(generator));
    for (let step = 0; step < 2; step++) await pretraining.step(toyBatch(step));
    expect(tableOf(generator)).not.toBeCloseToTensor(before, 1e-4);
    const delta = tf.sub(tableOf(discriminator), tableOf(generator));
    const [learned] = tables.deltas;
    expect(tables.deltas).toHaveLength(embeddingSharing === 'gdes' ? 1 : 0);
    if (embeddingSharing === 'gdes') expect(learned!.variable as tf.Tensor).toBeCloseToTensor(delta, 1e-6);
    const difference = tf.max(tf.abs(delta)).dataSync()[0]!;
    if (embeddingSharing === 'es') expect(difference).toBe(0);
    else expect(difference).toBeGreaterThan(1e-3);
    tf.disposeVariables();
  });
});

eachBackend('a step', () => {
  test('keeps no tensor', async () => {
    const pretraining = toyPretraining();
    // Twice, since what is kept for a length or a shape is kept once.
    for (let step = 0; step < 2; step++) await pretraining.step(toyBatch(1));
    await evaluateReplacedTokenDetection(pretraining, [toyBatch(2)]);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 2; step++) await pretraining.step(toyBatch(1));
    expect(tf.memory().numTensors).toBe(before);
    await evaluateReplacedTokenDetection(pretraining, [toyBatch(2)]);
    expect(tf.memory().numTensors).toBe(before);
    tf.disposeVariables();
  });

  test('of a disposed pre-training leaves the models alone', () => {
    const before = tf.memory().numTensors;
    const { generator, discriminator, ...rest } = parts(toyPretraining());
    rest.pretraining.dispose();
    tableOf(discriminator).dataSync();
    for (const model of [generator, discriminator]) model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

function parts(pretraining: ReplacedTokenDetectionPretraining) {
  const { generator, discriminator } = pretraining;
  return { pretraining, generator, discriminator };
}

/** A run of 2 epochs of 3 batches, saved on the way. */
const run = (changes: Partial<PretrainOptions> = {}): PretrainOptions => ({
  pretraining: toyPretraining(),
  train: toyBatches(),
  epochs: 2,
  saveEverySteps: 2,
  evaluation: { evaluate: (model) => evaluateReplacedTokenDetection(model, [toyBatch(99)]), everySteps: 3 },
  ...changes,
});

/** Runs whole, and again with a stop in between, in new objects. */
async function expectSame(make: () => ReplacedTokenDetectionPretraining): Promise<void> {
  const whole = run({ pretraining: make() });
  const expected = await pretrain(whole);
  const controller = new AbortController();
  let asked = 0;
  const train = toyBatches(3, () => {
    if (++asked === 3) controller.abort();
  });
  const options = { outputDir: folder.path, resume: 'auto' } as const;
  const first = await pretrain(run({ pretraining: make(), train, signal: controller.signal, ...options }));
  expect(first.stoppedBy).toBe('signal');
  const second = run({ pretraining: make(), ...options });
  const result = await pretrain(second);
  expect(result.steps).toBe(expected.steps);
  expect(bitsOf(second.pretraining)).toEqual(bitsOf(whole.pretraining));
  const evaluations = ({ history }: typeof result) => history.filter(({ kind }) => kind === 'eval');
  expect(evaluations(result)).toEqual(evaluations(expected));
}

describe('a run that is stopped and resumed ends with the weights of one that never was, bit for bit', () => {
  afterEach(() => tf.disposeVariables());

  onTensorflow('with gdes', () => {
    test('stopped within an epoch', () => expectSame(toyPretraining));
  });

  describe('on wasm with', () => {
    beforeAll(() => useBackend('wasm'));

    const summed = () => toyOptimizer({ accumulationSteps: 2 });
    test.each<[name: string, make: () => ReplacedTokenDetectionPretraining]>([
      ['gdes', toyPretraining],
      ['es', () => toyPretraining({ embeddingSharing: 'es' })],
      ['none', () => toyPretraining({ embeddingSharing: 'none' })],
      [
        'gradients summed over two batches',
        () => toyPretraining({ generatorOptimizer: summed(), discriminatorOptimizer: summed() }),
      ],
    ])('%s', (_name, make) => expectSame(make));
  });
});

describe('on wasm', () => {
  beforeAll(() => useBackend('wasm'));
  afterEach(() => tf.disposeVariables());

  test('a run does not go on with another way to share', async () => {
    await pretrain(run({ epochs: 1, outputDir: folder.path }));
    const other = run({
      pretraining: toyPretraining({ embeddingSharing: 'es' }),
      outputDir: folder.path,
      resume: true,
    });
    await expect(() => pretrain(other)).toThrowDebertaError('checkpoint', /embedding_sharing is "gdes" there/);
  });

  test('tables of gdes are out of reach of the discriminator', async () => {
    const pretraining = toyPretraining();
    const { sampled } = await pretraining.trainGenerator(toyBatch(1));
    const before = weightBits(pretraining.generator);
    await pretraining.trainDiscriminator(toyBatch(1), sampled);
    expect(weightBits(pretraining.generator)).toEqual(before);
  });

  test('a table of es is trained by both', async () => {
    const pretraining = toyPretraining({
      embeddingSharing: 'es',
      discriminatorOptimizer: toyOptimizer({ learningRate: 0.01 }),
    });
    const { sampled } = await pretraining.trainGenerator(toyBatch(1));
    const before = weightBits(pretraining.generator);
    await pretraining.trainDiscriminator(toyBatch(1), sampled);
    const after = weightBits(pretraining.generator);
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed).toEqual(['deberta/embeddings/word_embeddings/weight']);
  });

  test('the best weights come back at the end, deltas included', async () => {
    let evaluations = 0;
    let best: unknown;
    const options = run({
      epochs: 3,
      evaluation: {
        evaluate: async (pretraining) => {
          evaluations++;
          if (evaluations === 1) best = bitsOf(pretraining);
          return { score: -evaluations };
        },
        everySteps: 2,
      },
      earlyStopping: { metric: 'score', mode: 'max', patience: 2 },
    });
    expect(await pretrain(options)).toMatchObject({ stoppedBy: 'early stopping', best: { step: 2 } });
    expect(bitsOf(options.pretraining)).toEqual(best);
  });

  test('a checkpoint has the names of the original, and reads as the discriminator with whole tables', async () => {
    const options = run({ epochs: 1, outputDir: folder.path });
    await pretrain(options);
    const { generator, discriminator, tables } = options.pretraining;
    const checkpoint = join(folder.path, 'checkpoint-3');
    const names = async (path: string) => {
      const reader = await openSafetensors(localFolder(path), 'model.safetensors');
      await reader.close();
      return [...reader.tensors.keys()];
    };
    const ofDiscriminator = await names(checkpoint);
    expect(ofDiscriminator).toContain(`${WORDS}._weight`);
    expect(ofDiscriminator).not.toContain(`${WORDS}.weight`);
    expect(ofDiscriminator).toContain('mask_predictions.classifier.weight');
    expect(await names(join(checkpoint, 'generator'))).toEqual(
      expect.arrayContaining([
        `${WORDS}.weight`,
        'deberta.embeddings.position_embeddings.weight',
        'lm_predictions.lm_head.bias',
      ]),
    );
    expect(tf.max(tf.abs(tables.deltas[0]!.variable)).dataSync()[0]).toBeGreaterThan(0);

    const whole = await TFDebertaV2ForReplacedTokenDetection.fromPretrained(checkpoint);
    expect(weightBits(whole)).toEqual(weightBits(discriminator));
    const guessing = await TFDebertaV2ForMaskedLM.fromPretrained(join(checkpoint, 'generator'));
    expect(weightBits(guessing)).toEqual(weightBits(generator));
  });

  test('savePretrained writes ordinary checkpoints', async () => {
    const pretraining = toyPretraining();
    for (let step = 0; step < 2; step++) await pretraining.step(toyBatch(step));
    await pretraining.savePretrained(folder.path, { format: 'safetensors' });
    // Again, over what is there.
    await pretraining.savePretrained(folder.path, { format: 'safetensors' });
    const reader = await openSafetensors(localFolder(folder.path), 'model.safetensors');
    expect(await reader.read(`${WORDS}.weight`)).toEqual(tableOf(pretraining.discriminator).dataSync());
    expect(reader.tensors.has(`${WORDS}._weight`)).toBe(false);
    await reader.close();
    const generator = await TFDebertaV2ForMaskedLM.fromPretrained(join(folder.path, 'generator'));
    expect(weightBits(generator)).toEqual(weightBits(pretraining.generator));
  });

  test('keepTables keeps what a discriminator was, within rounding', async () => {
    const config = toyConfig();
    const discriminator = new TFDebertaV2ForReplacedTokenDetection(config, { seed: 9 });
    const before = tf.clone(tableOf(discriminator));
    const fresh = toyPretraining({ discriminator });
    expect(tableOf(discriminator)).toBeCloseToTensor(tableOf(fresh.generator), 0);
    const other = new TFDebertaV2ForReplacedTokenDetection(config, { seed: 9 });
    const kept = toyPretraining({ discriminator: other, keepTables: true });
    expect(tableOf(other)).toBeCloseToTensor(before, 1e-6);
    expect(tableOf(kept.generator)).not.toBeCloseToTensor(before, 1e-2);
  });

  test('both losses fall, and the discriminator tells replaced tokens from others', async () => {
    const config = toyConfig({ hiddenSize: 16, hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 });
    const pretraining = toyPretraining(
      {
        // So slow that it leaves something to be found.
        generatorOptimizer: toyOptimizer({ learningRate: 0.001 }),
        discriminatorOptimizer: toyOptimizer({ learningRate: 0.01 }),
      },
      config,
    );
    const evaluate = () => evaluateReplacedTokenDetection(pretraining, [toyBatch(1000, 32)]);
    const first = await evaluate();
    for (let step = 0; step < 50; step++) await pretraining.step(toyBatch(step, 12));
    const last = await evaluate();
    expect(last.generator_loss).toBeLessThan(0.95 * first.generator_loss);
    expect(last.discriminator_loss).toBeLessThan(0.7 * first.discriminator_loss);
    expect(last.accuracy).toBeGreaterThan(last.majority_accuracy + 0.05);
  });
});

describe('what contradicts itself is refused:', () => {
  beforeAll(() => useBackend('cpu'));
  afterEach(() => tf.disposeVariables());

  const optimizer = toyOptimizer();
  const generatorOf = (changes: Parameters<typeof toyConfig>[0]) =>
    new TFDebertaV2ForMaskedLM(toyConfig({ numHiddenLayers: 2, legacy: false, ...changes }));
  test.each<[name: string, options: () => Parameters<typeof toyPretraining>[0], message: RegExp]>([
    ['an unknown sharing', () => ({ embeddingSharing: 'all' as never }), /embeddingSharing .* one of gdes, es, none/],
    ['lambda 0', () => ({ lambda: 0 }), /lambda of pre-training must be a number above 0, received 0/],
    ['lambda NaN', () => ({ lambda: Number.NaN }), /lambda .* received NaN/],
    [
      'a head for another task',
      () => ({ discriminator: new TFDebertaV2ForSequenceClassification(toyConfig()) as never }),
      /discriminator of pre-training must be TFDebertaV2ForReplacedTokenDetection, received TFDebertaV2ForSequence/,
    ],
    [
      'two models of the same task',
      () => ({ generator: new TFDebertaV2ForReplacedTokenDetection(toyConfig()) as never }),
      /generator of pre-training must be TFDebertaV2ForMaskedLM/,
    ],
    ['no optimizer', () => ({ generatorOptimizer: undefined as never }), /generatorOptimizer .* an AdamWeightDecay/],
    ['an optimizer of tfjs', () => ({ discriminatorOptimizer: tf.train.sgd(1) as never }), /discriminatorOptimizer of/],
    [
      'one optimizer for both',
      () => ({ generatorOptimizer: optimizer, discriminatorOptimizer: optimizer }),
      /another object than the generator's/,
    ],
    [
      'different numbers of batches in a step',
      () => ({ discriminatorOptimizer: toyOptimizer({ accumulationSteps: 2 }) }),
      /one with accumulationSteps 1, as the generator's, received 2/,
    ],
    [
      'two vocabularies',
      () => ({ generator: generatorOf({ vocabSize: 12 }) }),
      /generator's vocab_size 12, received 11/,
    ],
    [
      'tables of different widths',
      () => ({ generator: generatorOf({ hiddenSize: 4 }) }),
      /word_embeddings\/weight of the discriminator must have the shape of the generator's, \[11,4\], and has \[11,6\]/,
    ],
  ])('%s', (_name, options, message) => {
    expect(() => toyPretraining(options())).toThrowDebertaError('usage', message);
  });

  test('tables of different widths are nothing to models that share none', () => {
    expect(() => toyPretraining({ generator: generatorOf({ hiddenSize: 4 }), embeddingSharing: 'none' })).not.toThrow();
  });

  test.each<[name: string, change: (batch: ReturnType<typeof toyBatch>) => object, message: RegExp]>([
    ['no labels', () => ({ ys: {} }), /must have integers labels \[4,8\], received none; make batches by replaced/],
    ['a label for each text', ({ ys }) => ({ ys: { labels: { ...ys.labels!, shape: [32] } } }), /labels \[4,8\]/],
    [
      'a token that is none',
      ({ xs, ...rest }) => ({
        ...rest,
        xs: { ...xs, input_ids: { ...xs.input_ids!, values: new Int32Array(32).fill(11) } },
      }),
      /input_ids must be from 0 to 10 \(vocab_size\), received 11/,
    ],
  ])('a batch with %s', async (_name, change, message) => {
    const batch = toyBatch(1);
    await expect(() => toyPretraining().step({ ...batch, ...change(batch) })).toThrowDebertaError('input', message);
  });

  test('fewer tokens than there are masked ones', async () => {
    await expect(() => toyPretraining().trainDiscriminator(toyBatch(1), [1])).toThrowDebertaError(
      'input',
      /a token for each of the \d+ masked ones, received 1/,
    );
  });

  test('a delta without its table', async () => {
    const options = { pretraining: toyPretraining(), train: toyBatches(1), epochs: 1, outputDir: folder.path };
    await pretrain(options);
    const { rm } = await import('node:fs/promises');
    const checkpoint = join(folder.path, 'checkpoint-1');
    await rm(join(checkpoint, 'generator'), { recursive: true });
    await expect(() => TFDebertaV2ForReplacedTokenDetection.fromPretrained(checkpoint)).toThrowDebertaError(
      'checkpoint',
      /holds deberta\.embeddings\.word_embeddings\._weight, the difference to the embeddings of the generator/,
    );
    const resumed = { ...options, pretraining: toyPretraining(), resume: true };
    await expect(() => pretrain(resumed)).toThrowDebertaError('checkpoint', /generator/);
  });
});
