import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConversionReport } from '../../src/convert/convert_checkpoint';
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
        '46 tensors, 6,051 parameters, 24.2 kB.',
        'Files copied: none.',
        '',
      ].join('\n'),
    );
    expect(readdirSync(output).sort()).toEqual(['config.json', 'group1-shard1of1.bin', 'model.json']);
  });

  test.each([
    ['safetensors', 'model.safetensors'],
    ['h5', 'tf_model.h5'],
  ])('--format %s makes %s', async (format, file) => {
    const output = folder.join(`as_${format}`);
    const outcome = await runCli(['convert', source, output, '--format', format, '--json']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(jsonLines<ConversionReport & { output: string }>(outcome)).toEqual([
      {
        output,
        sourceFormat: 'h5',
        format,
        architecture: 'TFDebertaV2ForSequenceClassification',
        tensors: 46,
        parameters: 6051,
        bytes: 24204,
        info: { missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] },
        copied: [],
      },
    ]);
    expect(readdirSync(output).sort()).toEqual(['config.json', file]);
  });

  test('--architecture chooses the model, and names what it has no use for', async () => {
    const { code, stdout } = await runCli([
      'convert',
      source,
      folder.join('bare'),
      '--architecture',
      'TFDebertaV2Model',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^TFDebertaV2Model converted/);
    expect(stdout).toMatch(/^Not used: .*classifier.*\.$/m);
  });

  test('--max-shard-size limits the files', async () => {
    const output = folder.join('in_shards');
    expect(await runCli(['convert', source, output, '--max-shard-size', '10kB'])).toMatchObject({ code: 0 });
    const shards = readdirSync(output).filter((file) => file.endsWith('.bin'));
    expect(shards).toHaveLength(3);
    for (const shard of shards) expect(statSync(join(output, shard)).size).toBeLessThanOrEqual(10_000);
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
    const outcome = await runCli(['convert', source, join(place, 'out')], { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ code: 130, stdout: '', stderr: 'error: Interrupted.\n' });
    expect(readdirSync(place)).toEqual([]);
  });
});
