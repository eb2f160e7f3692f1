import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SavedModel } from '@tensorflow/tfjs-node-gpu/dist/proto/api_pb';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { checkpoint, runCli, saveModel, useSharedFolder } from './support';

const folder = useSharedFolder();
const source = checkpoint('h5_sequence_classification');

/** Signatures of an exported model and the names of their outputs. */
function signaturesOf(output: string): Record<string, string[]> {
  const bytes = readFileSync(join(output, 'saved_model.pb'));
  const { metaGraphsList } = SavedModel.deserializeBinary(bytes).toObject() as {
    metaGraphsList: [{ signatureDefMap: [name: string, { outputsMap: [name: string, unknown][] }][] }];
  };
  return Object.fromEntries(
    metaGraphsList[0].signatureDefMap.map(([name, { outputsMap }]) => [name, outputsMap.map(([output]) => output)]),
  );
}

describe('export', () => {
  test('makes a SavedModel and says so', async () => {
    const output = folder.join('exported');
    expect(await runCli(['export', source, output])).toEqual({
      code: 0,
      stdout: `TFDebertaV2ForSequenceClassification exported to ${output}, with the signature serving_default.\n`,
      stderr: '',
    });
    expect(readdirSync(output).sort()).toEqual(['saved_model.pb', 'variables']);
    expect(signaturesOf(output)).toEqual({ serving_default: ['logits'] });
  });

  test('--signature names the signature, --task chooses the model', async () => {
    const output = folder.join('encoder');
    const argv = ['export', source, output, '--task', 'feature-extraction', '--signature', 'encode'];
    expect(await runCli(argv)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^TFDebertaV2Model exported/) });
    expect(signaturesOf(output)).toEqual({ encode: ['last_hidden_state'] });
  });

  test('an output that exists is kept, unless --overwrite', async () => {
    const output = folder.join('taken');
    await mkdir(output);
    await writeFile(join(output, 'precious.txt'), 'keep me');
    const refused = await runCli(['export', source, output]);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: .* exists already/) });
    expect(readFileSync(join(output, 'precious.txt'), 'utf8')).toBe('keep me');
    expect(await runCli(['export', source, output, '--overwrite'])).toMatchObject({ code: 0 });
    expect(readdirSync(output)).not.toContain('precious.txt');
  });

  test('a head that is not in the checkpoint is refused: it would predict noise', async () => {
    const bare = folder.join('bare');
    await saveModel(bare, TFDebertaV2Model);
    const output = folder.join('headless');
    const argv = ['export', bare, output, '--task', 'question-answering'];
    const outcome = await runCli(argv);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/^error: .*trained head of TFDebertaV2ForQuestionAnswering .* train it first\.\n$/);
    expect(existsSync(output)).toBe(false);
  });

  test('a signature without a name is wrong usage', async () => {
    const outcome = await runCli(['export', source, folder.join('nameless'), '--signature', '']);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: The signature .* name/) });
    expect(existsSync(folder.join('nameless'))).toBe(false);
  });

  test('shows its progress on a terminal, on standard error', async () => {
    const { code, stdout, stderr } = await runCli(['export', source, folder.join('shown')], { isTty: 'stderr' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^TFDebertaV2ForSequenceClassification exported/);
    expect(stderr).toContain('Loading');
  });

  test('leaves nothing when it is interrupted', async () => {
    const output = folder.join('interrupted');
    const signal = AbortSignal.abort();
    expect(await runCli(['export', source, output], { signal })).toMatchObject({ code: 130 });
    expect(existsSync(output)).toBe(false);
  });
});
