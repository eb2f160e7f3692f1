import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { runCli, saveModel, useSharedFolder } from './support';
import { ROWS, writeRows } from './training_files';

const SPAM = 'examples/checkpoints/spam';
const folder = useSharedFolder();
const OUTPUT = 'output';

beforeAll(async () => {
  await saveModel(folder.join('encoder'), TFDebertaV2Model, { maxPositionEmbeddings: 64 });
  await saveModel(folder.join('classifier'), TFDebertaV2ForSequenceClassification, {
    id2label: { 0: 'ham', 1: 'spam' },
  });
  for (const [name, rows] of Object.entries(ROWS)) await writeRows(folder.join(`${name}.jsonl`), rows);
});

const model = () => ['--model', folder.join('encoder')];
const classify = () => ['--task', 'text-classification', ...model()];
const tag = () => ['--task', 'token-classification', ...model()];
const answer = () => ['--task', 'question-answering', ...model()];
const rows = (name: keyof typeof ROWS) => ['--train', folder.join(`${name}.jsonl`)];

/** A file of this content, named after what is wrong with it. */
function file(name: string, content: string | readonly object[]): string[] {
  const path = folder.join(name);
  writeFileSync(
    path,
    typeof content === 'string' ? content : content.map((row) => `${JSON.stringify(row)}\n`).join(''),
  );
  return ['--train', path];
}

/** Runs `train`, which is to fail in one sentence and to leave nothing where the model would be. */
async function refused(argv: readonly string[]): Promise<{ code: number; stderr: string }> {
  const output = folder.join(OUTPUT);
  const { code, stdout, stderr } = await runCli(['train', '--output', output, '--backend', 'wasm', ...argv]);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^(warning: [^\n]*\n)*error: [^\n]*[.?]\n$/);
  expect(existsSync(output)).toBe(false);
  return { code, stderr };
}

// One row per case: what is wrong, arguments, what the sentence says.
const data: Array<[string, () => string[], RegExp]> = [
  ['a file that does not exist', () => [...classify(), '--train', 'no-such.jsonl'], /no-such\.jsonl could not be read/],
  ['a format that nobody knows', () => [...classify(), ...file('data.xyz', '')], /data\.xyz must end in \.jsonl/],
  ['an empty file', () => [...classify(), ...file('empty.csv', '')], /empty\.csv must hold at least one row/],
  [
    'a missing column',
    () => [...classify(), ...file('unlabelled.csv', 'text\nfree money\n')],
    /Line 2 of .*unlabelled\.csv must have a column label \(or labels, class\) and has text;/,
  ],
  [
    'a column that is not there by the name that was given',
    () => [...classify(), ...rows('text'), '--text-column', 'review'],
    /Line 1 of .*text\.jsonl must have a column review and has text, label/,
  ],
  [
    'a broken line of JSON',
    () => [...classify(), ...file('broken.jsonl', '{"text":"a","label":"x"}\n{"text":"b",\n')],
    /[Ll]ine 2 of .*broken\.jsonl/,
  ],
  [
    'a label out of range',
    () => [...classify(), ...rows('text'), '--labels', 'ham,eggs'],
    /Column label of line 1 of .*text\.jsonl must hold a label \(ham, eggs\) or an index from 0 to 1 and holds "spam"/,
  ],
  [
    'an index out of range',
    () => [...classify(), ...file('index.jsonl', [{ text: 'a', label: 2 }]), '--labels', 'ham,spam'],
    /index from 0 to 1 and holds 2/,
  ],
  [
    'a held-out label that training does not know',
    () => [...classify(), ...rows('text'), '--eval', folder.join('ratings.jsonl')],
    /Column label of line 1 of .*ratings\.jsonl must hold a label \(ham, spam\)/,
  ],
  [
    'several labels where there should be one',
    () => [...classify(), ...rows('topics')],
    /must hold one label \(--problem-type has others\) and holds \["whale","ship"\]/,
  ],
  [
    'unequal numbers of tokens and tags',
    () => [...tag(), ...file('unequal.jsonl', [{ tokens: ['a', 'b'], tags: ['O'] }])],
    /Line 1 of .*unequal\.jsonl must have one tag for each token and has 2 tokens and 1 tags/,
  ],
  [
    'no labelled token',
    () => [...tag(), ...file('invisible.jsonl', [{ tokens: ['\u200b'], tags: ['O'] }]), '--eval-split', '0'],
    /words to learn from must have a labelled token/,
  ],
  [
    'an answer that is not in its context',
    () => [
      ...answer(),
      ...file('elsewhere.jsonl', [{ ...ROWS.questions[0], answers: { text: ['Ahab'], answer_start: [3] } }]),
    ],
    /Line 1 of .*elsewhere\.jsonl must have an answer that stands in its context: at 3 .* not "Ahab"/,
  ],
  [
    'nothing that can be used',
    () => [...classify(), ...file('bad.jsonl', '{\n{\n'), '--skip-bad-rows'],
    /bad\.jsonl must hold a row that can be used, and all 2 were left out/,
  ],
  [
    'one example to split',
    () => [...answer(), ...file('one.jsonl', ROWS.questions.slice(0, 1))],
    /at least two examples/,
  ],
  [
    'the tokenizer of another model',
    () => [...classify(), ...rows('text'), '--tokenizer', SPAM],
    /has 2002 for the \d+ of the tokenizer; is this the tokenizer of the model\?/,
  ],
];

test.each(data)('%s is a failure', async (_name, argv, message) => {
  const { code, stderr } = await refused(argv());
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
});

const usage: Array<[string, () => string[], RegExp]> = [
  ['no model', () => ['--task', 'fill-mask', ...rows('lines')], /There must be a model to train, received none/],
  [
    'a configuration without a tokenizer',
    () => ['--task', 'fill-mask', '--config', 'config.json', ...rows('lines')],
    /--config and --tokenizer/,
  ],
  ['no data', classify, /[Rr]equired option '--train <file>' not specified/],
  ['an encoder without a task', () => [...model(), ...rows('text')], /is a bare encoder; name a task by --task/],
  [
    'a task that there is not',
    () => ['--task', 'poetry', ...model(), ...rows('text')],
    /a task is one of feature-extraction/,
  ],
  [
    'a column of another task',
    () => [...classify(), ...rows('text'), '--tags-column', 'x'],
    /--tags-column is not of this task, whose columns are --text-column, --text-pair-column, --label-column/,
  ],
  [
    'two ways to hold out',
    () => [...classify(), ...rows('text'), '--eval', folder.join('text.jsonl'), '--eval-split', '0.5'],
    /received both/,
  ],
  [
    'a metric of another task',
    () => [...classify(), ...rows('text'), '--metric', 'mse'],
    /must be one of accuracy, f1/,
  ],
  [
    'early stopping by nothing',
    () => [...classify(), ...rows('text'), '--eval-split', '0', '--early-stopping', '2'],
    /--early-stopping needs examples that are held out/,
  ],
  [
    'weights of too many classes',
    () => [...classify(), ...rows('text'), '--class-weights', '1,2,3'],
    /a weight for each of the 2 labels, received 3 weights/,
  ],
  [
    'weights where there are no classes',
    () => [...answer(), ...rows('questions'), '--class-weights', 'balanced'],
    /needs a task with one class for each label/,
  ],
  [
    'smoothed numbers',
    () => [...classify(), ...rows('ratings'), '--problem-type', 'regression', '--label-smoothing', '0.1'],
    /--label-smoothing needs labels that are classes/,
  ],
  [
    'an adversarial term that does not count',
    () => [...classify(), ...rows('text'), '--sift-lambda', '0'],
    /--sift-lambda.* a number above 0/,
  ],
  [
    'more layers to freeze than there are',
    () => [...classify(), ...rows('text'), '--freeze-layers', '5'],
    /whole number from 0 to 1, received 5/,
  ],
  [
    'a warm-up longer than the run',
    () => [...classify(), ...rows('text'), '--warmup-steps', '99'],
    /warmupSteps must be at most totalSteps/,
  ],
  [
    'batches that make no step',
    () => [...classify(), ...rows('text'), '--gradient-accumulation-steps', '99'],
    /at least one step, and its 3 batches make none/,
  ],
  [
    'a length without room',
    () => [...classify(), ...rows('text'), '--max-length', '3'],
    /--max-length must be at least 4/,
  ],
  [
    'a rate that is none',
    () => [...classify(), ...rows('text'), '--learning-rate', '-1'],
    /It must be a number above 0/i,
  ],
  ['a share above 1', () => [...classify(), ...rows('text'), '--warmup-ratio', '2'], /a number from 0 to 1/],
  [
    'labels that are there twice',
    () => [...classify(), ...rows('text'), '--labels', 'a,a'],
    /none empty and none twice/,
  ],
  ['weights that are none', () => [...classify(), ...rows('text'), '--class-weights', 'heavy'], /must be balanced, or/],
];

test.each(usage)('%s is wrong usage', async (_name, argv, message) => {
  const { code, stderr } = await refused(argv());
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

describe('the folder', () => {
  test('of a checkpoint with the configuration of another is refused', async () => {
    const place = folder.join('mismatched');
    cpSync(folder.join('encoder'), place, { recursive: true });
    const config = JSON.parse(await readFile(`${place}/config.json`, 'utf8'));
    await writeFile(`${place}/config.json`, JSON.stringify({ ...config, num_hidden_layers: 3 }));
    const { code, stderr } = await refused(['--task', 'text-classification', '--model', place, ...rows('text')]);
    expect(stderr).toMatch(/lacks deberta\.encoder\.layer\.1\./);
    expect(code).toBe(1);
  });

  test('of an earlier run stays as it is, unless that run is gone on with, by the same settings', async () => {
    const output = folder.join('earlier');
    const run = (...flags: string[]) => {
      const argv = ['train', ...classify(), ...rows('text'), '--output', output, '--backend', 'wasm', '--epochs', '1'];
      return runCli([...argv, ...flags]);
    };
    expect(await run('--resume')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/error: .*earlier must hold a checkpoint to resume from and holds none/),
    });
    expect(existsSync(output)).toBe(false);
    expect((await run()).code).toBe(0);
    const before = readdirSync(output);
    expect(await run()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/go on with the run in it by --resume/),
    });
    expect(await run('--resume', '--weight-decay', '0.5')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/belongs to another run: optimizer\.weightDecayRate is 0\.01 there and 0\.5 here/),
    });
    expect(readdirSync(output)).toEqual(before);
    expect((await run('--resume')).code).toBe(0);
  });
});

test('bad rows are left out on request, and counted', async () => {
  const content = `${ROWS.text.map((row) => JSON.stringify(row)).join('\n')}\n{"text":\n{"label":"ham"}\n`;
  const flags = [...classify(), ...file('partly.jsonl', content), '--skip-bad-rows', '--max-steps', '1'];
  const { code, stderr } = await runCli(['train', ...flags, '--output', folder.join('partly'), '--backend', 'wasm']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/warning: .*partly\.jsonl: 1 of 8 rows were left out; the first: Line 7 /);
  expect(stderr).toMatch(/warning: .*partly\.jsonl: 1 of 7 rows were left out; the first: Line 8 .*column text/);
});
