import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkpoint, useSharedFolder } from './support';

const ROOT = join(__dirname, '..', '..');
const SPAM = 'examples/checkpoints/spam';
const folder = useSharedFolder();

/** A program of this package as `npm run cli` and `npm run convert` start them. */
function start(script: string, argv: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  const loader = join(ROOT, 'node_modules', 'ts-node', 'dist', 'bin.js');
  return spawn(process.execPath, [loader, '--swc', script, ...argv], {
    cwd: ROOT,
    stdio: ['pipe', stdout, 'pipe'],
  });
}

/** What a process printed and how it ended. */
async function finished(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...printed };
}

const cli = (...argv: string[]) => start('src/cli/main.ts', argv);

/** Resolves with the first text on standard output. */
const firstOutput = (child: ChildProcess) =>
  new Promise<string>((resolve) => child.stdout!.once('data', (text) => resolve(String(text))));

describe('as a process', () => {
  test.each([
    [['--help'], 0],
    [['inspect', SPAM], 0],
    [['inspect', 'no-such-folder'], 1],
    [['inspect'], 2],
  ])('%j ends with exit code %i', async (argv, expected) => {
    const { code, stdout, stderr } = await finished(cli(...argv));
    expect(code).toBe(expected);
    expect([stdout === '', stderr === '']).toEqual(expected === 0 ? [false, true] : [true, false]);
    if (expected !== 0) expect(stderr).toMatch(/^error: [^\n]*\.\n$/);
  });

  test('predict reads a pipe to its end', async () => {
    const child = cli('predict', SPAM);
    child.stdin!.end('You have won a free prize, click here to claim your cash!\n\nlinux kernel patch');
    const { code, stdout, stderr } = await finished(child);
    expect([code, stderr]).toEqual([0, '']);
    expect(
      stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).text),
    ).toEqual(['You have won a free prize, click here to claim your cash!', '', 'linux kernel patch']);
  });

  test('predict does not crash when nobody reads its output, as with head', async () => {
    const child = cli('predict', SPAM, '--backend', 'cpu');
    const ended = finished(child);
    child.stdin!.on('error', () => {});
    child.stdin!.write('first\n');
    await firstOutput(child);
    child.stdout!.destroy();
    child.stdin!.write('second\n');
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
  });

  test('predict ends at an interruption while it waits for input', async () => {
    const child = cli('predict', SPAM);
    const ended = finished(child);
    child.stdin!.write('first\n');
    await firstOutput(child);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: 'error: Interrupted.\n' });
  });

  test('a full disk is a failure in one sentence', async () => {
    const child = start('src/cli/main.ts', ['inspect', SPAM], openSync('/dev/full', 'w'));
    const { code, stderr } = await finished(child);
    expect(code).toBe(1);
    expect(stderr).toBe('error: The output could not be written: the disk is full; choose another place for it.\n');
  });

  test('tools/convert_tf_checkpoint.ts is the convert command', async () => {
    const output = folder.join('converted');
    const source = checkpoint('h5_sequence_classification');
    const { code, stdout, stderr } = await finished(start('tools/convert_tf_checkpoint.ts', [source, output]));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^TFDebertaV2ForSequenceClassification converted from h5 to tfjs in /);
    expect(readdirSync(output).sort()).toEqual(['config.json', 'group1-shard1of1.bin', 'model.json']);
    const help = await finished(start('tools/convert_tf_checkpoint.ts', ['--help']));
    expect(help.stdout).toBe((await finished(cli('convert', '--help'))).stdout);
  });
});
