import { readdirSync, readFileSync } from 'node:fs';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { jsonLines, type Outcome, runCli, saveModel, useSharedFolder } from './support';
import { ROWS, writeRows } from './training_files';

type Prediction = { readonly label: string; readonly score: number };

const folder = useSharedFolder();
const encoder = () => folder.join('encoder');

beforeAll(async () => {
  await saveModel(encoder(), TFDebertaV2Model, { maxPositionEmbeddings: 64 });
  await writeRows(folder.join('text.jsonl'), ROWS.text);
});

/** Runs `train` on texts, on the backend that all machines have. */
function train(output: string, flags: readonly string[], from = ['--model', encoder()]): Promise<Outcome> {
  const data = ['--task', 'text-classification', '--train', folder.join('text.jsonl'), '--output', folder.join(output)];
  const run = ['--backend', 'wasm', '--batch-size', '2', '--epochs', '1', '--learning-rate', '0.01'];
  return runCli(['train', ...data, ...from, ...run, ...flags]);
}

const LORA = ['--lora-rank', '2', '--lora-alpha', '4', '--lora-targets', 'query_proj,dense'];

test('train saves an adapter, by which predict gives what the merged model gives', async () => {
  const trained = await train('adapter', LORA);
  expect(trained).toMatchObject({ code: 0 });
  expect(trained.stdout).toContain(`predict ${encoder()} --adapter ${folder.join('adapter')}`);
  expect(trained.stderr).toMatch(/lora_rank +2\n/);
  const files = readdirSync(folder.join('adapter'));
  const expected = ['adapter_config.json', 'adapter_model.safetensors', 'config.json', 'training_settings.json'];
  expect(files).toEqual(expect.arrayContaining([...expected, 'spm.model']));
  expect(files).not.toContain('model.safetensors');
  const config = JSON.parse(readFileSync(folder.join('adapter', 'adapter_config.json'), 'utf8'));
  expect(config).toMatchObject({ r: 2, lora_alpha: 4, target_modules: ['query_proj', 'dense'], task_type: 'SEQ_CLS' });
  expect(config.base_model_name_or_path).toBe(encoder());

  expect(await train('merged', [...LORA, '--merge-lora'])).toMatchObject({ code: 0 });
  const texts = ['Free money', 'See you at noon'];
  const byAdapter = await runCli(['predict', encoder(), '--adapter', folder.join('adapter'), ...texts]);
  expect(byAdapter).toMatchObject({ code: 0, stderr: '' });
  const merged = await runCli(['predict', folder.join('merged'), ...texts]);
  const [lines, expectedLines] = [byAdapter, merged].map((outcome) => jsonLines(outcome) as Prediction[]);
  expect(lines!.map(({ label }) => label)).toEqual(expectedLines!.map(({ label }) => label));
  expect(lines!.map(({ score }) => score)).toBeCloseToTensor(expectedLines!.map(({ score }) => score));
});

test.each<[name: string, flags: string[], from: string[] | undefined, message: RegExp]>([
  ['its scale without it', ['--lora-alpha', '4'], undefined, /--lora-alpha is of an adapter, and there is none/],
  ['frozen layers', ['--lora-rank', '2', '--freeze-layers', '1'], undefined, /leave out --freeze-embeddings and/],
  ['a model from scratch', ['--lora-rank', '2'], ['--config', 'a.json', '--tokenizer', 'b'], /add --merge-lora/],
  ['a target that is none', ['--lora-rank', '2', '--lora-targets', 'q_proj'], undefined, /received "q_proj"/],
])('train refuses an adapter with %s', async (_name, flags, from, message) => {
  const { code, stderr } = await train('refused', flags, from);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(readdirSync(folder.path)).not.toContain('refused');
});

test('predict refuses an adapter that is none, or of another model', async () => {
  const noAdapter = await runCli(['predict', encoder(), '--adapter', encoder(), 'Free money']);
  expect(noAdapter).toMatchObject({ code: 1, stderr: expect.stringContaining('must hold adapter_config.json') });
  await saveModel(folder.join('wider'), TFDebertaV2Model, { hiddenSize: 12, maxPositionEmbeddings: 64 });
  expect(await train('other', ['--lora-rank', '2'], ['--model', folder.join('wider')])).toMatchObject({ code: 0 });
  const other = await runCli(['predict', encoder(), '--adapter', folder.join('other'), 'Free money']);
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/^error: Tensor base_model.* must have shape .*; the adapter belongs to another model/);
});
