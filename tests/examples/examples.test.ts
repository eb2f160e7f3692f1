import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { useTemporaryFolder } from '../convert/support';

const ROOT = join(__dirname, '..', '..');
const LOADER = join(ROOT, 'node_modules', 'ts-node', 'dist', 'bin.js');
const folder = useTemporaryFolder();
let child: ChildProcess;

/** Runs an example as a user does, for two steps (of each epoch, where it has epochs). */
async function run(name: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  child = spawn(process.execPath, [LOADER, '--swc', join('examples', `${name}.ts`)], {
    cwd: ROOT,
    env: { ...process.env, EXAMPLE_STEPS: '2', EXAMPLE_OUTPUT: folder.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...printed };
}

// One that a failed test does not wait for would go on.
afterEach(() => child.kill());

describe('an example trains, measures, saves, reloads and predicts:', () => {
  test.each([
    ['text_classification', 'accuracy: '],
    ['token_classification', 'accuracy: '],
    ['question_answering', 'exact_match: '],
    ['masked_language_modeling', 'perplexity: '],
    ['pretrain_rtd', 'accuracy: '],
    ['multiple_choice', 'accuracy: '],
  ])('%s', async (name, metric) => {
    const { code, stdout, stderr } = await run(name);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('error') });
    expect(stdout).toMatch(/^ {2}steps\w*: 2,$/m);
    const [baseline, model, prediction] = stdout.split(/^(?=baseline|model:|saved in)/m).slice(-3);
    for (const part of [baseline, model]) expect(part).toContain(metric);
    // The folder, then what the model that was read from it makes of a text.
    expect(prediction!.split('\n').length).toBeGreaterThan(2);
    for (const file of ['config.json', 'model.json', 'tokenizer.json']) {
      expect(existsSync(join(folder.path, file))).toBe(true);
    }
  });
});
