import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { writeCheckpoint } from '../../src/convert/checkpoint_writer';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { weightSpecs } from '../../src/convert/weight_names';
import { countingValues, fixturePath, readJsonFile, smallConfig, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();

async function formatOf(source: string): Promise<string> {
  const { reader, close } = await openCheckpoint(source);
  await close();
  return `${reader.format} ${reader.layout}`;
}

const safetensors = fixturePath('safetensors', 'model.safetensors');
const config = fixturePath('safetensors', 'config.json');

describe('finding the weights', () => {
  test.each([
    ['h5_sharded', 'tf_model.h5.index.json', 'h5 tf'],
    ['h5_model', 'tf_model.h5', 'h5 tf'],
    ['safetensors_sharded', 'model.safetensors.index.json', 'safetensors pytorch'],
    ['safetensors', 'model.safetensors', 'safetensors pytorch'],
    ['tf_safetensors', 'model.safetensors', 'safetensors tf'],
  ])('%s: the folder, or %s by name', async (name, file, format) => {
    expect(await formatOf(fixturePath(name))).toBe(format);
    expect(await formatOf(fixturePath(name, file))).toBe(format);
  });

  test('of several files the one that reads fastest is taken', async () => {
    await cp(fixturePath('h5_sequence_classification'), folder.path, { recursive: true });
    expect(await formatOf(folder.path)).toBe('h5 tf');
    await cp(safetensors, folder.join('model.safetensors'));
    expect(await formatOf(folder.path)).toBe('safetensors pytorch');
    const options = { config: smallConfig, architecture: 'TFDebertaV2Model', format: 'tfjs' } as const;
    await writeCheckpoint(folder.path, options, weightSpecs(smallConfig, 'TFDebertaV2Model'), countingValues);
    expect(await formatOf(folder.path)).toBe('tfjs tf');
    expect(await formatOf(folder.join('tf_model.h5'))).toBe('h5 tf');
  });

  test('a weights file may have any name', async () => {
    await cp(safetensors, folder.join('epoch-3.safetensors'));
    await cp(config, folder.join('config.json'));
    expect(await formatOf(folder.join('epoch-3.safetensors'))).toBe('safetensors pytorch');
  });

  const nothing: Array<[string, files: string[], message: RegExp]> = [
    [
      'an empty folder',
      [],
      /must hold one of model\.json, model\.safetensors, .*tf_model\.h5\.index\.json and holds none/,
    ],
    ['a tokenizer only', ['spm.model', 'config.json'], /must hold one of model\.json/],
    [
      'a pickle',
      ['pytorch_model.bin'],
      /pytorch_model\.bin is a Python pickle, .* save_pretrained\(folder, safe_serialization=True\)/,
    ],
    ['pickles', ['pytorch_model.bin.index.json'], /pytorch_model\.bin\.index\.json is a Python pickle/],
  ];
  test.each(nothing)('%s is refused', async (_name, files, message) => {
    for (const file of files) await writeFile(folder.join(file), '{}');
    await expect(() => openCheckpoint(folder.path)).toThrowDebertaError('checkpoint', message);
  });

  test.each([
    ['pytorch_model.bin', /is a Python pickle/],
    ['weights.onnx', /weights\.onnx must end in \.safetensors, \.h5 or \.json/],
  ])('%s by name is refused', async (file, message) => {
    await writeFile(folder.join(file), 'x');
    await expect(() => openCheckpoint(folder.join(file))).toThrowDebertaError('checkpoint', message);
  });

  test('a source that does not exist is refused', async () => {
    await expect(() => openCheckpoint(folder.join('none'))).toThrowDebertaError('checkpoint', /none .* does not exist/);
  });
});

describe('the configuration', () => {
  beforeEach(() => cp(safetensors, folder.join('model.safetensors')));

  test('names the architecture, or does not', async () => {
    const json = await readJsonFile(config);
    await writeFile(folder.join('config.json'), JSON.stringify(json));
    const named = await openCheckpoint(folder.path);
    expect(named).toMatchObject({ architecture: 'TFDebertaV2ForSequenceClassification', folder: folder.path });
    await named.close();
    await writeFile(folder.join('config.json'), JSON.stringify({ ...json, architectures: undefined }));
    const unnamed = await openCheckpoint(folder.path);
    expect(unnamed.architecture).toBeUndefined();
    await unnamed.close();
  });

  test("may be the original's model_config.json", async () => {
    const { num_labels: _count, ...json } = await readJsonFile(config);
    await writeFile(
      folder.join('model_config.json'),
      JSON.stringify({ ...json, padding_idx: 3, pad_token_id: undefined }),
    );
    const checkpoint = await openCheckpoint(folder.path);
    expect(checkpoint.config.padTokenId).toBe(3);
    await checkpoint.close();
  });

  test('may be given instead', async () => {
    const checkpoint = await openCheckpoint(folder.path, { config: smallConfig });
    expect(checkpoint.config).toBe(smallConfig);
    await checkpoint.close();
  });

  test('may stand in a tfjs model.json alone', async () => {
    const options = { config: smallConfig, architecture: 'TFDebertaV2ForQuestionAnswering', format: 'tfjs' } as const;
    const target = folder.join('tfjs');
    await mkdir(target);
    await writeCheckpoint(target, options, weightSpecs(smallConfig, options.architecture), countingValues);
    await rm(folder.join('tfjs', 'config.json'));
    const checkpoint = await openCheckpoint(target);
    expect(checkpoint.architecture).toBe('TFDebertaV2ForQuestionAnswering');
    expect({ ...checkpoint.config }).toEqual({ ...smallConfig });
    await checkpoint.close();
  });

  const bad: Array<[string, text: string, message: RegExp]> = [
    ['no JSON', '{"hidden_size": ', /config\.json must be JSON and is not/],
    ['no object', '[1]', /A configuration must be a JSON object/],
    ['another architecture', '{"model_type": "bert"}', /model_type must be "deberta-v2", received "bert"/],
    ['the first version', '{"model_type": "deberta"}', /DeBERTa v1/],
    ['a contradiction', '{"hidden_size": 10, "num_attention_heads": 4}', /hidden_size must be a multiple of/],
    ['a wrong value', '{"vocab_size": "many"}', /vocab_size must be .*, received "many"/],
  ];
  test.each(bad)('with %s is refused', async (_name, text, message) => {
    await writeFile(folder.join('config.json'), text);
    await expect(() => openCheckpoint(folder.path)).toThrowDebertaError('config', message);
  });

  test('is missed when it is not there', async () => {
    await expect(() => openCheckpoint(folder.path)).toThrowDebertaError(
      'checkpoint',
      /must hold config\.json beside the weights and does not/,
    );
  });
});
