import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SOURCE_FORMATS } from '../../src/convert/checkpoint_reader';
import type { ConversionReport } from '../../src/convert/convert_checkpoint';
import type { TensorDifference } from '../../src/convert/diff_checkpoints';
import type { ConversionRow } from '../../src/convert/plan_conversion';
import { savePartOf } from './save_part_of';
import { checkpoint, jsonLines, runCli, useSharedFolder } from './support';

const folder = useSharedFolder();
const source = checkpoint('h5_sequence_classification');

describe('convert', () => {
  test('makes a tfjs folder and says what it did', async () => {
    const output = folder.join('as_tfjs');
    const { code, stdout, stderr } = await runCli(['convert', source, output]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        `TFDebertaV2ForSequenceClassification converted from h5 to tfjs in ${output}.`,
        '46 tensors, 6,051 parameters, 24.2 kB of float32.',
        'Files copied: none.',
        '',
      ].join('\n'),
    );
    expect(readdirSync(output).sort()).toEqual(['config.json', 'group1-shard1of1.bin', 'model.json']);
  });

  test.each([
    ['tfjs', ['group1-shard1of1.bin', 'model.json']],
    ['safetensors', ['model.safetensors']],
    ['h5', ['tf_model.h5']],
    ['tf2', ['checkpoint', 'tf_model.data-00000-of-00001', 'tf_model.index']],
  ])('--to %s makes %j', async (format, files) => {
    const output = folder.join(`as_${format}_json`);
    const outcome = await runCli(['convert', source, output, '--to', format, '--json']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const { rows, ...report } = jsonLines<ConversionReport>(outcome)[0]!;
    expect(rows).toHaveLength(46);
    expect(report).toEqual({
      output,
      sourceFormat: 'h5',
      format,
      dtype: 'float32',
      architecture: 'TFDebertaV2ForSequenceClassification',
      tensors: 46,
      parameters: 6051,
      bytes: 24204,
      info: { missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] },
      copied: [],
    });
    expect(readdirSync(output).sort()).toEqual([...files, 'config.json'].sort());
  });

  test.each(['feature-extraction', 'TFDebertaV2Model'])(
    '--task %s chooses the model, and names what it has no use for',
    async (task) => {
      const { code, stdout } = await runCli(['convert', source, folder.join(`bare_${task}`), '--task', task]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^TFDebertaV2Model converted/);
      expect(stdout).toMatch(/^Not used: .*classifier.*\.$/m);
    },
  );

  test('--strict refuses what the model has no use for', async () => {
    const output = folder.join('strict');
    const refused = await runCli(['convert', source, output, '--task', 'feature-extraction', '--strict']);
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*strictly.*classifier/),
    });
    expect(existsSync(output)).toBe(false);
    expect(await runCli(['convert', source, output, '--strict'])).toMatchObject({ code: 0 });
  });

  test('--dtype chooses the number type', async () => {
    const output = folder.join('halves');
    const { code, stdout } = await runCli(['convert', source, output, '--to', 'safetensors', '--dtype', 'bfloat16']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^46 tensors, 6,051 parameters, 12\.1 kB of bfloat16\.$/m);
    expect((await runCli(['inspect', output])).stdout).toMatch(/^tensors +46: bfloat16 \(46\)$/m);
  });

  test.each([[[]], [['--dry-run']]])('--dtype that the format cannot hold is wrong usage (%j)', async (more) => {
    const output = folder.join('refused');
    const argv = ['convert', source, output, '--to', 'h5', '--dtype', 'float16', ...more];
    const { code, stdout, stderr } = await runCli(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: Option dtype must be float32 for h5, received "float16"; .*\.\n$/);
    expect(existsSync(output)).toBe(false);
  });

  test('--max-shard-size limits the files', async () => {
    const output = folder.join('in_shards');
    expect(await runCli(['convert', source, output, '--max-shard-size', '10kB'])).toMatchObject({ code: 0 });
    const shards = readdirSync(output).filter((file) => file.endsWith('.bin'));
    expect(shards).toHaveLength(3);
    for (const shard of shards) expect(statSync(join(output, shard)).size).toBeLessThanOrEqual(10_000);
  });

  test('--config takes the place of the one beside the weights', async () => {
    const weights = folder.join('alone');
    await mkdir(weights);
    await copyFile(checkpoint('safetensors', 'model.safetensors'), join(weights, 'model.safetensors'));
    const output = folder.join('with_config');
    const missing = await runCli(['convert', weights, output]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/must hold config\.json/) });
    const config = checkpoint('safetensors', 'config.json');
    expect(await runCli(['convert', weights, output, '--config', config])).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(output)).toContain('config.json');

    const { hidden_size, ...others } = JSON.parse(readFileSync(config, 'utf8'));
    const sections = folder.join('rtd.json');
    await writeFile(
      sections,
      JSON.stringify({ ...others, discriminator: { hidden_size }, generator: { hidden_size: 8 } }),
    );
    const original = ['convert', weights, folder.join('with_sections'), '--config', sections];
    expect(await runCli(original)).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    ['is not there', undefined, /no_config\.json could not be read: it does not exist/],
    ['is no JSON', '{', /no_config\.json must be JSON/],
    ['is of another model', '{"model_type": "bert"}', /model_type must be "deberta-v2", received "bert"/],
  ])('--config that %s is refused', async (_name, text, message) => {
    const config = folder.join('no_config.json');
    if (text !== undefined) await writeFile(config, text);
    const { code, stdout, stderr } = await runCli(['convert', source, folder.join('refused'), '--config', config]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: [^\n]*\.\n$/);
    expect(stderr).toMatch(message);
    await rm(config, { force: true });
  });

  test('--generator makes differences to its tables whole', async () => {
    const place = folder.join('discriminator');
    await mkdir(place);
    for (const file of ['config.json', 'pytorch_model.bin']) {
      await copyFile(checkpoint('original_discriminator', file), join(place, file));
    }
    const argv = ['convert', place, folder.join('whole'), '--task', 'feature-extraction'];
    expect(await runCli(argv)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the difference to the embeddings/),
    });
    const generator = checkpoint('original_discriminator', 'pytorch_model.generator.bin');
    expect(await runCli([...argv, '--generator', generator])).toMatchObject({ code: 0, stderr: '' });
    const rows = jsonLines<TensorDifference>(
      await runCli(['diff', folder.join('whole'), checkpoint('original_discriminator'), '--json']),
    );
    // Heads of pre-training are all that the encoder has not.
    expect(rows.filter(({ status }) => status !== 'only in second')).toEqual([]);
  });

  test('an output that exists is kept, unless --overwrite', async () => {
    const output = folder.join('taken');
    await mkdir(output);
    await writeFile(join(output, 'precious.txt'), 'keep me');
    const refused = await runCli(['convert', source, output]);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: .* exists already/) });
    expect(readFileSync(join(output, 'precious.txt'), 'utf8')).toBe('keep me');
    expect(await runCli(['convert', source, output, '--overwrite'])).toMatchObject({ code: 0 });
    expect(readdirSync(output)).not.toContain('precious.txt');
  });

  test('an output that cannot be made is a failure in one sentence', async () => {
    const { code, stdout, stderr } = await runCli(['convert', source, join('package.json', 'output')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: package\.json\/output could not be written: [^\n]*\.\n$/);
  });

  test('the source is not overwritten', async () => {
    const { code, stderr } = await runCli(['convert', source, source, '--overwrite']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/must not be the source folder/);
  });

  test('a head of another size is refused, or left out on --ignore-mismatched-sizes', async () => {
    const mismatched = folder.join('five_labels');
    const config = { id2label: undefined, label2id: undefined, num_labels: 5 };
    await savePartOf(checkpoint('safetensors'), mismatched, { config });
    const refused = await runCli(['convert', mismatched, folder.join('five')]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/classifier\.weight must have shape \[5,16\]/),
    });
    const ignored = await runCli(['convert', mismatched, folder.join('five'), '--ignore-mismatched-sizes']);
    expect(ignored.code).toBe(0);
    expect(ignored.stdout).toMatch(/^Of another shape: classifier\.weight \(\[3,16\] instead of \[5,16\]\)/m);
  });

  test('copies the tokenizer along', async () => {
    const { code, stdout } = await runCli(['convert', 'examples/checkpoints/spam', folder.join('spam')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Files copied: spm\.model, tokenizer_config\.json\.$/m);
  });

  test('shows a progress bar on a terminal, and only there', async () => {
    const { stdout, stderr } = await runCli(['convert', source, folder.join('watched')], { isTty: true });
    expect(stderr).toMatch(/Converting \[.*\] 100% \| 24\.2 kB of 24\.2 kB/);
    expect(stdout).not.toContain('Converting');
  });

  test('an interruption leaves nothing behind', async () => {
    const place = folder.join('interrupted');
    await mkdir(place);
    const argv = ['convert', source, join(place, 'out'), '--verify', '--report', join(place, 'report.json')];
    const outcome = await runCli(argv, { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ code: 130, stdout: '', stderr: 'error: Interrupted.\n' });
    expect(readdirSync(place)).toEqual([]);
  });
});

describe('--from', () => {
  const examples = {
    h5: 'h5_sharded',
    tf2: 'tf2_sequence_classification',
    savedmodel: 'savedmodel_sequence_classification',
    safetensors: 'safetensors',
    bin: 'bin_sequence_classification',
    original: 'original_float16',
    tfjs: 'tfjs',
  } as const;

  beforeAll(() => runCli(['convert', source, folder.join('tfjs')]));
  const placeOf = (format: keyof typeof examples) =>
    format === 'tfjs' ? folder.join('tfjs') : checkpoint(examples[format]);

  test.each([...SOURCE_FORMATS, 'auto'] as const)('%s reads what it names', async (from) => {
    const format = from === 'auto' ? 'h5' : from;
    const output = folder.join(`from_${from}`);
    const { code, stdout, stderr } = await runCli(['convert', placeOf(format), output, '--from', from]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`converted from ${format} to tfjs`);
  });

  test.each(SOURCE_FORMATS)('%s refuses a folder that holds another format', async (from) => {
    const place = placeOf(from === 'h5' ? 'safetensors' : 'h5');
    const { code, stdout, stderr } = await runCli(['convert', place, folder.join('refused'), '--from', from]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: [^\n]* must hold [^\n]*; name the checkpoint's folder\.\n$/);
  });
});

describe('--dry-run', () => {
  /** What a dry run prints as JSON. */
  interface Plan {
    readonly sourceFormat: string;
    readonly format: string;
    readonly architecture: string;
    readonly rows: ConversionRow[];
  }

  test.each([[[]], [['ignored']]])(
    'prints a table and writes nothing, with or without an output (%j)',
    async (names) => {
      const place = folder.join('dry');
      await mkdir(place, { recursive: true });
      const outputs = names.map((name) => join(place, name));
      const argv = ['convert', checkpoint('safetensors'), ...outputs, '--dry-run', '--dtype', 'uint8'];
      const { code, stdout, stderr } = await runCli(argv);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^SOURCE +TARGET +SHAPE +TRANSFORM +TYPE\n/);
      expect(stdout).toMatch(/^classifier\.weight +classifier\/kernel +\[16,3\] +transpose +float32 to uint8$/m);
      expect(stdout).toMatch(/^classifier\.bias +classifier\/bias +\[3\] +none +float32$/m);
      expect(stdout).toMatch(/^TFDebertaV2ForSequenceClassification to tfjs: 46 tensors\.$/m);
      expect(readdirSync(place)).toEqual([]);
    },
  );

  test('--json and --report give the plan that is then carried out', async () => {
    const report = folder.join('reports', 'plan.json');
    const argv = ['convert', source, '--to', 'safetensors', '--json'];
    const dry = await runCli([...argv, '--dry-run', '--report', report]);
    const [plan] = jsonLines<Plan>(dry);
    expect(plan).toMatchObject({ sourceFormat: 'h5', format: 'safetensors' });
    expect(readFileSync(report, 'utf8')).toBe(dry.stdout);
    const real = await runCli([...argv.slice(0, 2), folder.join('real'), ...argv.slice(2)]);
    expect(jsonLines<ConversionReport>(real)[0]!.rows).toEqual(plan!.rows);
  });

  test('says what does not fit, as the conversion would', async () => {
    const argv = ['convert', source, '--dry-run', '--task', 'question-answering'];
    expect(await runCli(argv)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*lacks the head weights qa_outputs/),
    });
  });
});

describe('--report', () => {
  test('writes the report as JSON, and no other file beside it', async () => {
    const place = folder.join('reported');
    const argv = ['convert', source, join(place, 'out'), '--report', join(place, 'report.json'), '--json'];
    const outcome = await runCli(argv);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(place, 'report.json'), 'utf8')).toBe(outcome.stdout);
    expect(readdirSync(place).sort()).toEqual(['out', 'report.json']);
  });

  test('leaves an old report as it was when the conversion fails', async () => {
    const report = folder.join('old_report.json');
    await writeFile(report, 'old');
    const argv = ['convert', source, folder.join('failed'), '--task', 'fill-mask', '--report', report];
    expect(await runCli(argv)).toMatchObject({ code: 1 });
    expect(readFileSync(report, 'utf8')).toBe('old');
  });
});

describe('--verify', () => {
  test('runs both, and says how far they are apart', async () => {
    const { code, stdout, stderr } = await runCli(['convert', source, folder.join('verified'), '--verify']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Verified on \w+: outputs differ by at most 0\.00, the largest is 1\.\d\d\.$/m);
  });

  test('is part of the report', async () => {
    const argv = ['convert', source, folder.join('verified_halves'), '--dtype', 'float16', '--verify', '--json'];
    const [report] = jsonLines<{ verification: { largestDifference: number; largestOutput: number } }>(
      await runCli(argv),
    );
    expect(report!.verification.largestDifference).toBeGreaterThan(0);
    expect(report!.verification.largestDifference).toBeLessThan(2 ** -11 * report!.verification.largestOutput);
  });
});
