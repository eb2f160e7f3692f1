import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { jsonLines, runCli, saveModel, useSharedFolder } from './support';

const folder = useSharedFolder();
let source: string;
beforeAll(async () => {
  source = folder.join('classifier');
  await saveModel(source, TFDebertaV2ForSequenceClassification, { numHiddenLayers: 4 });
});

const ids = () => tf.tensor2d([[1, 12, 13, 2]], undefined, 'int32');

describe('prune-layers', () => {
  test('writes a checkpoint of the layers that stay, with the tokenizer, and says so', async () => {
    const output = folder.join('pruned');
    const outcome = await runCli(['prune-layers', source, output, '--keep', '0,2']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toMatch(
      /^Layers 0, 2 of 4 written to .*pruned\.\n[\d,]+ parameters to [\d,]+\.\nFiles copied: spm\.model\.\n$/,
    );
    expect(readdirSync(output).sort()).toEqual(['config.json', 'group1-shard1of1.bin', 'model.json', 'spm.model']);
    const expected = await TFDebertaV2ForSequenceClassification.fromPretrained(source);
    expected.pruneLayers([0, 2]);
    const loaded = await TFDebertaV2ForSequenceClassification.fromPretrained(output);
    expect(loaded.forward({ input_ids: ids() }).logits).toBeCloseToTensor(
      expected.forward({ input_ids: ids() }).logits,
      0,
    );
  });

  test('--strategy takes a number; --to chooses the format, --task the model, --json the report', async () => {
    const output = folder.join('even');
    const flags = [
      '--keep',
      '2',
      '--strategy',
      'even',
      '--to',
      'safetensors',
      '--task',
      'feature-extraction',
      '--json',
    ];
    const outcome = await runCli(['prune-layers', source, output, ...flags]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const [report] = jsonLines<{ parameters: number; parametersBefore: number }>(outcome);
    expect(report).toMatchObject({ output, layers: [0, 2], layersBefore: 4, copied: ['spm.model'] });
    expect(report!.parameters).toBeLessThan(report!.parametersBefore);
    expect(readdirSync(output)).toContain('model.safetensors');
    const loaded = await TFDebertaV2Model.fromPretrained(output);
    expect(loaded.loadingInfo.missingKeys).toEqual([]);
    expect(loaded.numParameters()).toBe(report!.parameters);
  });

  const refused: [name: string, flags: string[], code: number, message: RegExp][] = [
    ['no layers', [], 2, /Required option '--keep/],
    ['what is no number', ['--keep', 'zero'], 2, /whole numbers with commas/],
    ['a layer twice', ['--keep', '1,1'], 2, /none twice/],
    ['a layer that does not exist', ['--keep', '0,4'], 2, /from 0 to 3, each once, received \[0, 4\]/],
    ['layers out of order', ['--keep', '2,0'], 2, /ascending .* received \[2, 0\]/],
    [
      'several numbers and a strategy',
      ['--keep', '0,2', '--strategy', 'last'],
      2,
      /must be one number beside --strategy/,
    ],
    ['more layers than there are', ['--keep', '5', '--strategy', 'last'], 2, /from 1 to 4, received 5/],
    ['another strategy', ['--keep', '2', '--strategy', 'odd'], 2, /choices are first, last, even/],
    ['a head that is not there', ['--keep', '0', '--task', 'question-answering'], 1, /trained head/],
  ];
  test.each(refused)('%s: is refused, and nothing is written', async (_name, flags, code, message) => {
    const output = folder.join('refused');
    const outcome = await runCli(['prune-layers', source, output, ...flags]);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(existsSync(output)).toBe(false);
  });

  test('an output that exists is kept, unless --overwrite; a file is never replaced', async () => {
    const output = folder.join('taken');
    await mkdir(output);
    writeFileSync(join(output, 'precious.txt'), 'keep me');
    const argv = ['prune-layers', source, output, '--keep', '0'];
    expect(await runCli(argv)).toMatchObject({ code: 1, stderr: expect.stringMatching(/exists already/) });
    expect(readFileSync(join(output, 'precious.txt'), 'utf8')).toBe('keep me');
    expect(await runCli([...argv, '--overwrite'])).toMatchObject({ code: 0 });
    expect(readdirSync(output)).not.toContain('precious.txt');
    const file = join(output, 'config.json');
    const onFile = await runCli(['prune-layers', source, file, '--keep', '0', '--overwrite']);
    expect(onFile).toMatchObject({ code: 1, stderr: expect.stringMatching(/must be a folder to make, and is a file/) });
  });

  test('leaves nothing when it is interrupted', async () => {
    const output = folder.join('interrupted');
    const argv = ['prune-layers', source, output, '--keep', '0'];
    expect(await runCli(argv, { signal: AbortSignal.abort() })).toMatchObject({ code: 130 });
    expect(existsSync(output)).toBe(false);
  });
});
