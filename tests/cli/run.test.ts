import packageJson from '../../package.json';
import { runCli } from './support';

const COMMANDS = [
  'convert',
  'export',
  'predict',
  'train',
  'pretrain',
  'tokenize',
  'convert-tokenizer',
  'trim-vocabulary',
  'prune-layers',
  'inspect',
  'diff',
  'doctor',
  'native',
] as const;

describe('help', () => {
  test('of the program names every command, with examples', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toMatch(/Examples:\n( {2}\$ tfjs-deberta .*\n)+/);
  });

  test.each(COMMANDS)('of %s has a description and examples of it', async (command) => {
    const { code, stdout, stderr } = await runCli([command, '--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`^Usage: tfjs-deberta ${command} `));
    expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ tfjs-deberta ${command}`));
    expect(await runCli(['help', command])).toEqual({ code: 0, stdout, stderr: '' });
  });

  test.each([[[]], [['--verbose']]])('is printed as an error when no command is given (%j)', async (argv) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Usage: tfjs-deberta/);
  });
});

test.each(['--version', '-V'])('%s prints the version of the package', async (option) => {
  expect(await runCli([option])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});

// One row per case: what is wrong, the command line, what the sentence says.
const misuses: Array<[string, string[], RegExp]> = [
  ['an unknown command', ['frobnicate'], /Unknown command 'frobnicate'; see tfjs-deberta --help/],
  ['a misspelt command', ['inspet', 'x'], /Did you mean inspect\?/],
  ['an unknown option', ['inspect', 'x', '--fast'], /Unknown option '--fast'; see tfjs-deberta inspect --help/],
  ['a missing argument', ['export', 'x'], /Missing required argument 'output'; see tfjs-deberta export --help/],
  ['a missing output', ['convert', 'x'], /folder to make must be given after the checkpoint, unless --dry-run is set/],
  ['too many arguments', ['inspect', 'x', 'y'], /Too many arguments.*1 argument but got 2/],
  ['an unknown format', ['convert', 'x', 'y', '--to', 'onnx'], /'onnx' is invalid: allowed choices are tfjs/],
  [
    'a format that is not written',
    ['convert', 'x', 'y', '--to', 'bin'],
    /'bin' is invalid: .* tfjs, safetensors, h5, tf2;/,
  ],
  [
    'a format that is not read',
    ['convert', 'x', 'y', '--from', 'onnx'],
    /'onnx' is invalid: .* auto, tfjs, .*original;/,
  ],
  [
    'an unknown task',
    ['convert', 'x', 'y', '--task', 'Bert'],
    /'Bert' is invalid: a task is one of feature-extraction/,
  ],
  ['a property of objects as a task', ['export', 'x', 'y', '--task', 'toString'], /'toString' is invalid: a task is/],
  ['an unknown number type', ['convert', 'x', 'y', '--dtype', 'int4'], /'int4' is invalid: .* float32, float16/],
  ['one checkpoint to compare', ['diff', 'x'], /Missing required argument 'second'; see tfjs-deberta diff --help/],
  [
    'an unknown backend',
    ['predict', 'x', 'y', '--backend', 'cuda'],
    /'cuda' is invalid: allowed choices are tensorflow/,
  ],
  ['a size without a number', ['convert', 'x', 'y', '--max-shard-size', 'big'], /such as 1000000, 64MB or 2GiB/],
  ['a size of nothing', ['convert', 'x', 'y', '--max-shard-size', '0'], /positive number of bytes/],
  ['a batch of nothing', ['predict', 'x', 'y', '--batch-size', '0'], /'0' is invalid: it must be a whole number/],
  ['a fraction of labels', ['predict', 'x', 'y', '--top-k', '1.5'], /whole number of at least 1/],
  ['a length that fits nothing', ['predict', 'x', 'y', '--max-length', '2'], /--max-length must be at least 4/],
  ['both kinds of TensorFlow', ['native', '--cpu', '--gpu'], /'--cpu' cannot be used with option '--gpu'/],
  ['a cache emptied under a link', ['native', '--purge'], /--purge goes with --uninstall/],
  ['texts from two places', ['predict', 'x', 'y', '--file', 'z'], /both; leave one out/],
];

test.each(misuses)('%s is wrong usage: one sentence, exit code 2', async (_name, argv, message) => {
  const { code, stdout, stderr } = await runCli(argv);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: [^\n]*\.\n$/);
  expect(stderr).toMatch(message);
});

describe('a failure', () => {
  test('is one sentence, with exit code 1', async () => {
    const { code, stdout, stderr } = await runCli(['inspect', 'no-such-folder']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: no-such-folder could not be read: it does not exist[^\n]*\.\n$/);
  });

  test('has its stack and its cause after it on --verbose', async () => {
    const { code, stderr } = await runCli(['inspect', 'no-such-folder', '--verbose']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: no-such-folder could not be read[^\n]*\.\nCheckpointError: /);
    expect(stderr).toMatch(/\n {4}at /);
    expect(stderr).toContain('ENOENT');
  });

  test('that nobody foresaw is a sentence too', async () => {
    const stdin = (async function* () {
      yield 'a text\n';
      throw new TypeError('socket hang up\nsecond line');
    })();
    const { code, stderr } = await runCli(['predict', 'examples/checkpoints/spam', '--batch-size', '1'], { stdin });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error: Something unexpected happened (socket hang up); run it again with --verbose for the details.\n',
    );
  });
});

describe('output', () => {
  const failing = (code: string) => ({
    onOutput: () => {
      throw Object.assign(new Error(`write ${code}`), { code });
    },
  });

  test('that nobody reads any more ends the command without a word', async () => {
    const { code, stderr } = await runCli(['inspect', 'examples/checkpoints/spam'], failing('EPIPE'));
    expect([code, stderr]).toEqual([0, '']);
  });

  test.each([
    ['ENOSPC', /the disk is full/],
    ['EIO', /the system reports EIO/],
  ])('that fails with %s is a failure', async (system, message) => {
    const { code, stderr } = await runCli(['--help'], failing(system));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: The output could not be written: [^\n]*\.\n$/);
    expect(stderr).toMatch(message);
  });
});
