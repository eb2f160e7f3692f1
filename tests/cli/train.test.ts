import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { readTrainingLog } from '../../src/training/logs/read_training_log';
import { digestOf } from '../convert/support';
import { jsonLines, type Outcome, runCli, saveModel, type Terminal, useSharedFolder, VOCABULARY } from './support';
import { ROWS, writeRows } from './training_files';

const folder = useSharedFolder();
const encoder = () => folder.join('encoder');

beforeAll(async () => {
  await saveModel(encoder(), TFDebertaV2Model, { maxPositionEmbeddings: 64 });
  for (const [name, rows] of Object.entries(ROWS)) await writeRows(folder.join(`${name}.jsonl`), rows);
});

/** Runs `train` on the rows of a name, on the backend that all machines have. */
function train(
  output: string,
  rows: keyof typeof ROWS,
  flags: readonly string[],
  terminal?: Terminal,
): Promise<Outcome> {
  const data = ['--train', folder.join(`${rows}.jsonl`), '--output', folder.join(output)];
  return runCli(['train', ...data, '--backend', 'wasm', '--batch-size', '2', '--epochs', '1', ...flags], terminal);
}

const fromEncoder = (task: string) => ['--task', task, '--model', encoder(), '--learning-rate', '0.01'];
const configOf = (output: string) => JSON.parse(readFileSync(folder.join(output, 'config.json'), 'utf8'));
const bitsOf = async (output: string) => digestOf(await readFile(folder.join(output, 'model.safetensors')));

const MODEL_FILES = [
  'config.json',
  'model.safetensors',
  'spm.model',
  'tokenizer_config.json',
  'training_settings.json',
];

describe('each task', () => {
  // One row per case: rows, task, options, metrics, what predict is asked, the keys of its answer.
  const cases: Array<[keyof typeof ROWS, string, string[], string[], string[] | undefined, string[]]> = [
    [
      'text',
      'text-classification',
      [],
      ['loss', 'accuracy', 'f1', 'matthews_correlation'],
      ['Free money'],
      ['text', 'label', 'score', 'scores'],
    ],
    [
      'pairs',
      'text-classification',
      ['--eval-split', '0'],
      [],
      ['It rains.', '--pair', 'It is wet.'],
      ['text', 'text_pair', 'label', 'score', 'scores'],
    ],
    [
      'ratings',
      'text-classification',
      ['--problem-type', 'regression'],
      ['loss', 'pearson', 'spearman', 'mse'],
      ['good'],
      ['text', 'label', 'score', 'scores'],
    ],
    [
      'topics',
      'text-classification',
      ['--problem-type', 'multi_label_classification'],
      ['loss', 'f1', 'f1_macro'],
      ['whale'],
      ['text', 'label', 'score', 'scores'],
    ],
    [
      'tags',
      'token-classification',
      [],
      ['loss', 'f1', 'precision', 'recall', 'accuracy'],
      ['Call me'],
      ['text', 'tokens'],
    ],
    [
      'questions',
      'question-answering',
      [],
      ['f1', 'exact_match'],
      ['Who?', '--pair', 'Melville wrote it.'],
      ['text', 'text_pair', 'answer', 'score'],
    ],
    [
      'lines',
      'fill-mask',
      ['--max-length', '12', '--mlm-probability', '0.4'],
      ['loss', 'perplexity'],
      ['Call me [MASK].'],
      ['text', 'masks'],
    ],
    ['choices', 'multiple-choice', [], ['loss', 'accuracy'], undefined, []],
  ];

  test.each(cases)('%s by %s %j: a model with its metrics, which predict takes', async (...row) => {
    const [rows, task, flags, metrics, asked, keys] = row;
    const output = `${rows}_${task}`;
    const { code, stdout } = await train(output, rows, [...fromEncoder(task), ...flags]);
    expect(code).toBe(0);
    const [, shown = ''] = /^METRIC +STEP \d+\n(.*?)\n\n/s.exec(stdout) ?? [];
    expect(shown.split('\n').map((line) => line.split(' ')[0])).toEqual(metrics.length === 0 ? [''] : metrics);
    expect(stdout).toMatch(/ trained for \d+ steps? \(1 whole epoch\) and saved in /);
    expect(readdirSync(folder.join(output))).toEqual(expect.arrayContaining(MODEL_FILES));
    if (asked === undefined) return;
    const predicted = await runCli(['predict', folder.join(output), ...asked]);
    expect(predicted).toMatchObject({ code: 0, stderr: '' });
    expect(Object.keys(jsonLines<object>(predicted)[0]!)).toEqual(keys);
  });

  test('labels get the names that the data have', () => {
    expect(configOf('text_text-classification')).toMatchObject({
      id2label: { 0: 'ham', 1: 'spam' },
      problem_type: 'single_label_classification',
    });
    expect(configOf('topics_text-classification').label2id).toEqual({ ship: 0, whale: 1 });
    expect(configOf('tags_token-classification').label2id).toEqual({ 'B-PER': 0, 'I-PER': 1, O: 2 });
    expect(configOf('ratings_text-classification').id2label).toEqual({ 0: 'LABEL_0' });
  });
});

test('from scratch, by a configuration and a tokenizer', async () => {
  const flags = [
    '--config',
    `${encoder()}/config.json`,
    '--tokenizer',
    VOCABULARY,
    '--task',
    'fill-mask',
    '--line-by-line',
  ];
  const { code, stdout, stderr } = await train('scratch', 'lines', [
    ...flags,
    '--max-steps',
    '1',
    '--mlm-probability',
    '1',
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^TFDebertaV2ForMaskedLM trained for 1 step/m);
  expect(stderr).not.toContain('warning');
  const settings = JSON.parse(readFileSync(folder.join('scratch', 'training_settings.json'), 'utf8'));
  expect(settings).toMatchObject({ model: `from scratch (${encoder()}/config.json)`, max_steps: 1, seed: 42 });
});

test('a trained head keeps its labels where the data have no others', async () => {
  const model = ['--model', folder.join('text_text-classification')];
  await writeRows(folder.join('spam_only.jsonl'), [ROWS.text[0], ROWS.text[2]]);
  const flags = [...model, '--train', folder.join('spam_only.jsonl'), '--eval-split', '0', '--max-steps', '1'];
  expect(await train('continued', 'text', flags)).toMatchObject({
    code: 0,
    stderr: expect.not.stringContaining('newly'),
  });
  expect(configOf('continued').label2id).toEqual({ ham: 0, spam: 1 });
  expect(await train('renamed', 'ratings', [...model, '--labels', '1,2,4.5,5', '--eval-split', '0'])).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/classifier\..*newly/),
  });
  expect(configOf('renamed').label2id).toEqual({ 1: 0, 2: 1, 4.5: 2, 5: 3 });
});

describe('everything at once', () => {
  const flags = () => [
    ...fromEncoder('text-classification'),
    ...['--eval', folder.join('text.jsonl'), '--eval-batch-size', '3', '--eval-steps', '2', '--save-steps', '2'],
    ...[
      '--epochs',
      '4',
      '--gradient-accumulation-steps',
      '2',
      '--lr-scheduler-type',
      'cosine',
      '--warmup-ratio',
      '0.2',
    ],
    ...['--layerwise-decay', '0.9', '--label-smoothing', '0.1', '--class-weights', 'balanced', '--ema', '0.5'],
    ...['--sift-lambda', '0.5'],
    ...['--freeze-embeddings', '--freeze-layers', '1', '--gradient-checkpointing', '--group-by-length'],
    ...['--metric', 'loss', '--early-stopping', '9', '--logging-steps', '1', '--seed', '7'],
  ];

  test('is written down: settings, records, curves, and the result as JSON', async () => {
    const places = ['log.jsonl', 'curves.svg', 'events'].map((name) => folder.join(name));
    const written = ['--log', places[0]!, '--plot', places[1]!, '--tensorboard', places[2]!, '--histogram-steps', '3'];
    const outcome = await train('everything', 'text', [...flags(), ...written, '--json']);
    expect(outcome.code).toBe(0);
    const [result] = jsonLines<{ steps: number; best: { step: number; value: number }; metrics: { loss: number } }>(
      outcome,
    );
    expect(result).toMatchObject({ output: folder.join('everything'), steps: 6, epochs: 4, stoppedBy: 'end' });
    const records = await readTrainingLog(places[0]!);
    expect(records.map(({ kind, step }) => `${kind} ${step}`).join(', ')).toBe(
      'train 1, train 2, eval 2, train 3, train 4, eval 4, train 5, train 6, eval 6',
    );
    const losses = records.flatMap(({ kind, values }) => (kind === 'eval' ? [values.loss!] : []));
    expect(result!.best.value).toBe(Math.min(...losses));
    expect(result!.metrics.loss).toBe(result!.best.value);
    expect(readFileSync(places[1]!, 'utf8')).toContain('<svg');
    expect(readdirSync(places[2]!)).toHaveLength(1);
    expect(JSON.parse(readFileSync(folder.join('everything', 'training_settings.json'), 'utf8'))).toMatchObject({
      learning_rate: 0.01,
      lr_scheduler_type: 'cosine',
      warmup_steps: 2,
      class_weights: [1, 1],
      ema_decay: 0.5,
      sift_lambda: 0.5,
      frozen_layers: 1,
      metric_for_best_model: 'loss',
      max_steps: 6,
    });
  });

  test('stopped by an interruption and gone on with, gives the same model bit by bit', async () => {
    const controller = new AbortController();
    const stopped = await train('resumed', 'text', flags(), {
      signal: controller.signal,
      onError: (text) => {
        if (text.startsWith('step 3 of')) controller.abort();
      },
    });
    expect(stopped).toMatchObject({ code: 130, stdout: '' });
    expect(stopped.stderr).toMatch(/\nStopped, and saved in .*resumed; the same command with --resume goes on .*\.\n$/);
    expect(readdirSync(folder.join('resumed'))).not.toContain('config.json');
    const again = await train('resumed', 'text', [...flags(), '--resume']);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringMatching(/\nstep 4 of 6 /) });
    expect(again.stderr).not.toContain('step 3 of');
    expect(await bitsOf('resumed')).toBe(await bitsOf('everything'));
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await train('leaks', 'text', flags());
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('on a terminal there are a bar and, at the end, curves', async () => {
  const flags = [...fromEncoder('text-classification'), '--logging-steps', '1'];
  const { stdout, stderr } = await train('terminal', 'text', flags, { isTty: true });
  expect(stderr).toMatch(/Training \[=+-*\] \d+% \| \d of 2 /);
  expect(stdout).toMatch(/^loss\n.*^accuracy\n.*^METRIC +STEP 2\n/ms);
  expect(stdout).not.toMatch(/^f1\n/m);
});
