import fs, { readdirSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { SOURCE_FORMATS } from '../../src/convert/checkpoint_reader';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { writeLargeCheckpoint } from './large_checkpoint';
import { savePartOf } from './save_part_of';
import { checkpoint, runCli, saveModel, useSharedFolder } from './support';

/** What of the report the tests look at. */
interface Report {
  readonly format: string;
  readonly layout: string;
  readonly architecture: string;
  readonly config: Record<string, unknown>;
  readonly parameters: { embeddings: number; encoder: number; head: number; total: number };
  readonly dtypes: Record<string, number>;
  readonly tensors: number;
  readonly bytes: number;
  readonly info: { missingKeys: string[]; unexpectedKeys: string[]; mismatchedKeys: object[] };
  readonly tokenizer: string[];
}

const folder = useSharedFolder();

async function inspect(source: string): Promise<Report> {
  const { code, stdout, stderr } = await runCli(['inspect', source, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

// One row per case: checkpoint, format, whose names, number type, bytes a number.
const stored: Array<[string, string, string, string, number]> = [
  ['h5_sequence_classification', 'h5', 'tf', 'float32', 4],
  ['h5_sharded', 'h5', 'tf', 'float32', 4],
  ['tf_safetensors', 'safetensors', 'tf', 'float32', 4],
  ['safetensors', 'safetensors', 'pytorch', 'float32', 4],
  ['safetensors_float16', 'safetensors', 'pytorch', 'float16', 2],
  ['safetensors_bfloat16', 'safetensors', 'pytorch', 'bfloat16', 2],
  ['bin_float16', 'bin', 'pytorch', 'float16', 2],
  ['bin_legacy_sequence_classification', 'bin', 'pytorch', 'float32', 4],
  ['tf2_sequence_classification', 'tf2', 'tf', 'float32', 4],
  ['savedmodel_sequence_classification', 'savedmodel', 'tf', 'float32', 4],
];

describe('inspect', () => {
  test.each(stored)('%s: format, number type and size as stored', async (name, format, layout, dtype, width) => {
    const report = await inspect(checkpoint(name));
    expect(report).toMatchObject({ format, layout, architecture: 'TFDebertaV2ForSequenceClassification' });
    expect(report.parameters).toEqual({ embeddings: 832, encoder: 4896, head: 323, total: 6051 });
    expect(report.dtypes).toEqual({ [dtype]: 46 });
    expect(report.tensors).toBe(46);
    expect(report.bytes).toBe(width * 6051);
    expect(report.info).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
  });

  test.each([
    ['h5_model', 'TFDebertaV2Model'],
    ['h5_masked_lm', 'TFDebertaV2ForMaskedLM'],
    ['h5_token_classification', 'TFDebertaV2ForTokenClassification'],
    ['h5_question_answering', 'TFDebertaV2ForQuestionAnswering'],
    ['h5_multiple_choice', 'TFDebertaV2ForMultipleChoice'],
  ])('%s is a %s', async (name, architecture) => {
    const { parameters, ...report } = await inspect(checkpoint(name));
    expect(report.architecture).toBe(architecture);
    expect(parameters.embeddings + parameters.encoder + parameters.head).toBe(parameters.total);
    expect(parameters.head > 0).toBe(architecture !== 'TFDebertaV2Model');
  });

  test('takes a weights file for its folder', async () => {
    const file = checkpoint('safetensors', 'model.safetensors');
    expect(await inspect(file)).toEqual({
      ...(await inspect(checkpoint('safetensors'))),
      location: checkpoint('safetensors'),
    });
  });

  test('the configuration comes whole, in the spelling of Hugging Face', async () => {
    const { config } = await inspect(checkpoint('safetensors'));
    expect(config).toMatchObject({ hidden_size: 16, conv_kernel_size: 3, transformers_version: '4.57.6' });
  });

  test('names the files of a tokenizer', async () => {
    const model = folder.join('classifier');
    await saveModel(model, TFDebertaV2ForSequenceClassification);
    expect((await inspect(model)).tokenizer).toEqual(['spm.model']);
    expect((await inspect('examples/checkpoints/spam')).tokenizer).toEqual(['spm.model', 'tokenizer_config.json']);
    expect((await inspect(checkpoint('safetensors'))).tokenizer).toEqual([]);
  });

  test('prints a table for people, a line each', async () => {
    const { code, stdout, stderr } = await runCli(['inspect', 'examples/checkpoints/spam']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^format +h5 with the names of TensorFlow$/m);
    expect(stdout).toMatch(/^architecture +TFDebertaV2ForSequenceClassification$/m);
    expect(stdout).toMatch(/^positions +256, relative in 32 buckets$/m);
    expect(stdout).toMatch(/^labels +ham, spam$/m);
    expect(stdout).toMatch(/^parameters +1,083,266$/m);
    expect(stdout).toMatch(/^size +4\.3 MB$/m);
    expect(stdout).not.toContain('\u001b');
  });

  test('says which weights are missing, of another shape, and not used', async () => {
    const model = folder.join('wrong_head');
    await savePartOf(checkpoint('safetensors'), model, {
      leaveOut: ['classifier.bias'],
      rename: { 'pooler.dense.bias': 'extra.bias' },
      config: { id2label: undefined, label2id: undefined, num_labels: 5 },
    });
    const { info } = await inspect(model);
    expect(info).toEqual({
      missingKeys: ['pooler.dense.bias', 'classifier.bias'],
      unexpectedKeys: ['extra.bias'],
      mismatchedKeys: [{ name: 'classifier.weight', received: [3, 16], expected: [5, 16] }],
    });
    const { stdout } = await runCli(['inspect', model]);
    expect(stdout).toMatch(/^Missing: pooler\.dense\.bias, classifier\.bias\.$/m);
    expect(stdout).toMatch(/^Not used: extra\.bias\.$/m);
    expect(stdout).toMatch(/^Of another shape: classifier\.weight \(\[3,16\] instead of \[5,16\]\)\.$/m);
  });

  describe('reads no weight', () => {
    afterEach(() => jest.restoreAllMocks());

    /** Counts the bytes that are read from files, by this package and by the HDF5 library. */
    function countBytes(): () => number {
      let count = 0;
      const open = fsPromises.open;
      jest.spyOn(fsPromises, 'open').mockImplementation(async (...args) => {
        const handle = await open(...args);
        const read = handle.read.bind(handle) as (...given: unknown[]) => ReturnType<typeof handle.read>;
        jest.spyOn(handle, 'read').mockImplementation(async (...given: unknown[]) => {
          const result = await read(...given);
          count += result.bytesRead;
          return result;
        });
        return handle;
      });
      const readSync = fs.readSync as (...given: unknown[]) => number;
      jest.spyOn(fs, 'readSync').mockImplementation((...given: unknown[]) => {
        const bytes = readSync(...given);
        count += bytes;
        return bytes;
      });
      return () => count;
    }

    test.each(SOURCE_FORMATS)('of %s', async (format) => {
      const place = folder.join(`large_${format}`);
      await writeLargeCheckpoint(place, format);
      const bytesRead = countBytes();
      const report = await inspect(place);
      expect(report).toMatchObject({ format, architecture: 'TFDebertaV2ForQuestionAnswering' });
      expect(report.bytes).toBeGreaterThan(4_000_000);
      expect(bytesRead()).toBeGreaterThan(500);
      expect(bytesRead()).toBeLessThan(100_000);
    });
  });

  test('leaves the checkpoint as it was', async () => {
    const before = readdirSync(checkpoint('h5_sharded'));
    await inspect(checkpoint('h5_sharded'));
    expect(readdirSync(checkpoint('h5_sharded'))).toEqual(before);
  });
});
