import { readFile, writeFile } from 'node:fs/promises';
import { verifyConversion } from '../../src/cli/verify_conversion';
import type { Architecture } from '../../src/config/architecture';
import { convertCheckpoint } from '../../src/convert/convert_checkpoint';
import { logger } from '../../src/logger';
import { savePartOf } from './save_part_of';
import { checkpoint, useSharedFolder } from './support';

const folder = useSharedFolder();
const source = checkpoint('safetensors');
const architecture = 'TFDebertaV2ForSequenceClassification';

const heads: Array<[fixture: string, Architecture]> = [
  ['h5_model', 'TFDebertaV2Model'],
  ['h5_masked_lm', 'TFDebertaV2ForMaskedLM'],
  ['h5_sequence_classification', 'TFDebertaV2ForSequenceClassification'],
  ['h5_token_classification', 'TFDebertaV2ForTokenClassification'],
  ['h5_question_answering', 'TFDebertaV2ForQuestionAnswering'],
  ['h5_multiple_choice', 'TFDebertaV2ForMultipleChoice'],
];
test.each(heads)('%s gives the same after its conversion', async (fixture, name) => {
  const place = checkpoint(fixture);
  const output = folder.join(name);
  await convertCheckpoint(place, output, { format: 'safetensors' });
  const { largestDifference, largestOutput, backend } = await verifyConversion(place, output, name, {});
  expect(largestDifference).toBe(0);
  expect(largestOutput).toBeGreaterThan(0.1);
  expect(backend).not.toBe('');
});

describe('another model', () => {
  /** Converts, and changes the numbers of the file. */
  async function damaged(name: string, change: (values: Float32Array) => void): Promise<string> {
    const output = folder.join(name);
    await convertCheckpoint(source, output);
    const file = folder.join(name, 'group1-shard1of1.bin');
    const values = new Float32Array(new Uint8Array(await readFile(file)).buffer);
    change(values);
    await writeFile(file, new Uint8Array(values.buffer));
    return output;
  }

  const changes: Array<[string, (values: Float32Array) => void, received: RegExp]> = [
    ['with other numbers', (values) => void values.reverse(), /differ by \d/],
    ['with NaN for a logit among others', (values) => void values.fill(Number.NaN, -3, -2), /differ by NaN/],
  ];
  test.each(changes)('%s is refused', async (name, change, message) => {
    const output = await damaged(name, change);
    await expect(() => verifyConversion(source, output, architecture, {})).toThrowDebertaError('checkpoint', message);
  });

  test('is only measured where numbers were rounded on purpose', async () => {
    const output = await damaged('rounded', (values) => {
      values[values.length - 1] = 100;
    });
    const { largestDifference } = await verifyConversion(source, output, architecture, { dtype: 'float16' });
    expect(largestDifference).toBeGreaterThan(90);
  });
});

test('a head that was left out starts the same in both', async () => {
  const place = folder.join('five_labels');
  await savePartOf(source, place, { config: { id2label: undefined, label2id: undefined, num_labels: 5 } });
  const output = folder.join('without_head');
  const options = { ignoreMismatchedSizes: true } as const;
  const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
  await convertCheckpoint(place, output, options);
  expect((await verifyConversion(place, output, architecture, options)).largestDifference).toBe(0);
  expect(warn).toHaveBeenCalledTimes(2);
  warn.mockRestore();
});

test('ends when it is interrupted', async () => {
  const options = { signal: AbortSignal.abort() };
  await expect(verifyConversion(source, source, architecture, options)).rejects.toBe(options.signal.reason);
});
