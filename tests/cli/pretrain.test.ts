import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { readTrainingLog } from '../../src/training/logs/read_training_log';
import { digestOf } from '../convert/support';
import { recordedLogs } from '../harness/recorded_logs';
import { savePartOf } from './save_part_of';
import { type Outcome, runCli, type Terminal, useSharedFolder, VOCABULARY, VOCABULARY_SIZE } from './support';

const folder = useSharedFolder();

const SENTENCES = [
  'Call me Ishmael.',
  'Some years ago, never mind how long precisely, having little or no money in my purse,',
  'and nothing particular to interest me on shore, I thought I would sail about a little.',
  'It is a way I have of driving off the spleen and regulating the circulation.',
];

beforeAll(async () => {
  const config = new DebertaV2Config({
    vocabSize: VOCABULARY_SIZE,
    hiddenSize: 8,
    numHiddenLayers: 4,
    numAttentionHeads: 2,
    intermediateSize: 12,
    maxPositionEmbeddings: 32,
    relativeAttention: true,
    positionBuckets: 4,
    posAttType: 'p2c|c2p',
    shareAttKey: true,
    normRelEbd: 'layer_norm',
    positionBiasedInput: false,
  });
  await writeFile(folder.join('config.json'), JSON.stringify(config));
  const text = Array.from({ length: 12 }, (_, line) => SENTENCES[line % SENTENCES.length]).join('\n');
  await writeFile(folder.join('texts.txt'), text);
  await writeFile(folder.join('more.txt'), `${text}\n`);
});

/** Runs `pretrain` on the backend that all machines have. */
function pretrain(output: string, flags: readonly string[], terminal?: Terminal): Promise<Outcome> {
  const model = ['--config', folder.join('config.json'), '--tokenizer', VOCABULARY];
  const data = ['--train', folder.join('texts.txt'), folder.join('more.txt'), '--output', folder.join(output)];
  const sizes = ['--steps', '4', '--batch-size', '2', '--max-length', '16', '--learning-rate', '0.01'];
  return runCli(['pretrain', ...model, ...data, ...sizes, '--backend', 'wasm', ...flags], terminal);
}

const bitsOf = async (...file: string[]) => digestOf(await readFile(folder.join(...file, 'model.safetensors')));
const configOf = (...file: string[]) => JSON.parse(readFileSync(folder.join(...file, 'config.json'), 'utf8'));

const FILES = ['config.json', 'model.safetensors', 'spm.model', 'tokenizer_config.json'];

describe('replaced token detection', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await pretrain('rtd', ['--eval', folder.join('more.txt'), '--json', '--log', folder.join('rtd.jsonl')]);
  });

  test('saves a discriminator and its generator, each ready to go on with', async () => {
    let classifier: TFDebertaV2ForSequenceClassification | undefined;
    expect(outcome).toMatchObject({ code: 0 });
    for (const file of [...FILES, 'training_settings.json']) expect(existsSync(folder.join('rtd', file))).toBe(true);
    for (const file of FILES) expect(existsSync(folder.join('rtd', 'generator', file))).toBe(true);
    expect(configOf('rtd')).toMatchObject({
      architectures: ['DebertaV2ForReplacedTokenDetection'],
      num_hidden_layers: 4,
    });
    expect(configOf('rtd', 'generator')).toMatchObject({ num_hidden_layers: 2, enhanced_mask_decoder: true });

    const warnings = await recordedLogs(async () => {
      classifier = await TFDebertaV2ForSequenceClassification.fromPretrained(folder.join('rtd'));
    });
    expect(warnings).toEqual([expect.stringMatching(/pooler.*newly initialised/)]);
    expect(classifier!.loadingInfo.missingKeys.every((name) => /^(pooler|classifier)\./.test(name))).toBe(true);
    const generator = await TFDebertaV2ForMaskedLM.fromPretrained(folder.join('rtd', 'generator'));
    expect([generator.head, generator.loadingInfo.missingKeys]).toEqual(['enhanced_mask_decoder', []]);
    for (const model of [classifier!, generator]) model.dispose();
  });

  test('a checkpoint on the way holds differences, and diff and convert see whole tables', async () => {
    const checkpoint = folder.join('rtd', 'checkpoint-4');
    expect(await runCli(['diff', folder.join('rtd'), checkpoint])).toMatchObject({ code: 0, stderr: '' });
    const converted = folder.join('converted');
    const task = ['--task', 'TFDebertaV2ForReplacedTokenDetection', '--to', 'safetensors'];
    expect(await runCli(['convert', checkpoint, converted, ...task])).toMatchObject({ code: 0 });
    expect(await bitsOf('converted')).toBe(await bitsOf('rtd'));
  });

  test('tells what it measured, and logs both losses', async () => {
    const { metrics, steps, architecture } = JSON.parse(outcome.stdout);
    expect({ steps, architecture }).toEqual({ steps: 4, architecture: 'TFDebertaV2ForReplacedTokenDetection' });
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining(['generator_loss', 'discriminator_loss', 'accuracy']));
    expect(outcome.stderr).toMatch(/embedding_sharing +gdes/);
    const records = await readTrainingLog(folder.join('rtd.jsonl'));
    expect(records.at(-1)!.values).toHaveProperty('majority_accuracy');
  });

  test('stopped and resumed it saves what it would have saved', async () => {
    const controller = new AbortController();
    let isAborted = false;
    const onError = (text: string) => {
      // The progress of the first step.
      if (!isAborted && /step 1 of 4/.test(text)) {
        isAborted = true;
        controller.abort();
      }
    };
    const flags = ['--logging-steps', '1', '--resume', 'auto', '--eval', folder.join('more.txt')];
    const stopped = await pretrain('resumed', flags, { signal: controller.signal, onError });
    expect(stopped).toMatchObject({ code: 130, stderr: expect.stringMatching(/Stopped, and saved in/) });
    expect(await pretrain('resumed', flags)).toMatchObject({ code: 0 });
    expect(await bitsOf('resumed')).toBe(await bitsOf('rtd'));
    expect(await bitsOf('resumed', 'generator')).toBe(await bitsOf('rtd', 'generator'));
  });

  test('goes on from both models', async () => {
    const from = ['--init-generator', folder.join('rtd', 'generator'), '--init-discriminator', folder.join('rtd')];
    const rate = ['--learning-rate', '1e-9', '--steps', '1'];
    expect(await pretrain('further', [...from, ...rate])).toMatchObject({ code: 0 });
    const [before, after] = await Promise.all(
      ['rtd', 'further'].map((name) => TFDebertaV2ForReplacedTokenDetection.fromPretrained(folder.join(name))),
    );
    for (const [index, weight] of before!.weights.entries()) {
      expect(after!.weights[index]!.read()).toBeCloseToTensor(weight.read(), 1e-6);
    }
    tf.disposeVariables();
  });

  test('goes on from a discriminator whose file holds the head of a generator too, as published ones do', async () => {
    const copies = { 'lm_predictions.lm_head.bias': 'deberta.embeddings.LayerNorm.bias' };
    await savePartOf(folder.join('rtd'), folder.join('published'), { copies });
    const from = ['--init-discriminator', folder.join('published'), '--steps', '1'];
    expect(await pretrain('from_published', from)).toMatchObject({ code: 0 });
  });

  test.each(['es', 'none'])('shares embeddings as asked: %s', async (way) => {
    const flags = ['--embedding-sharing', way, '--generator-layers', '3', '--steps', '1', '--rtd-lambda', '50'];
    expect(await pretrain(`shared_${way}`, flags)).toMatchObject({ code: 0 });
    expect(configOf(`shared_${way}`, 'generator')).toMatchObject({ num_hidden_layers: 3 });
  });
});

test('masked language modelling saves a model that fills masks', async () => {
  const flags = ['--objective', 'mlm', '--steps', '2', '--eval', folder.join('more.txt')];
  const outcome = await pretrain('mlm', flags);
  expect(outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/perplexity/) });
  expect(configOf('mlm')).toMatchObject({ num_hidden_layers: 4, enhanced_mask_decoder: true, legacy: false });
  const filled = await runCli(['predict', folder.join('mlm'), 'Call me [MASK].', '--backend', 'wasm']);
  expect(filled).toMatchObject({ code: 0 });
  const again = await pretrain('mlm_further', [
    '--objective',
    'mlm',
    '--steps',
    '1',
    '--init-generator',
    folder.join('mlm'),
  ]);
  expect(again).toMatchObject({ code: 0 });
});

describe('what cannot be done is one sentence:', () => {
  test.each<[name: string, flags: () => string[], code: number, message: RegExp]>([
    ['no config', () => ['--config', folder.join('none.json')], 1, /none\.json/],
    ['a file that is not there', () => ['--train', folder.join('none.txt')], 1, /none\.txt/],
    [
      'an option of the other objective',
      () => ['--objective', 'mlm', '--rtd-lambda', '5'],
      2,
      /--rtd-lambda is for .* rtd/,
    ],
    [
      'no generator',
      () => ['--init-generator', folder.join('rtd')],
      1,
      /rtd, given by --init-generator, must hold all/,
    ],
    [
      'a generator as discriminator',
      () => ['--init-discriminator', folder.join('mlm')],
      1,
      /--init-discriminator, must be a discriminator or an encoder, and holds lm_predictions/,
    ],
    ['a generator of one layer', () => ['--generator-layers', '1'], 1, /enhanced_mask_decoder/],
    ['a length beyond the positions', () => ['--max-length', '64'], 1, /no longer than the position table .* 32/],
    ['a folder in use', () => ['--output', folder.join('rtd')], 2, /must be a new or an empty folder/],
    ['nothing to resume', () => ['--resume'], 1, /must hold a checkpoint to resume from/],
  ])('%s', async (_name, flags, code, message) => {
    const outcome = await pretrain('bad', flags());
    expect(outcome).toMatchObject({ code, stdout: '' });
    const [sentence] = outcome.stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect(sentence).toMatch(message);
    expect(existsSync(folder.join('bad'))).toBe(false);
  });
});
