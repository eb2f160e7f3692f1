import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { SOURCE_FORMATS } from '../../src/convert/checkpoint_reader';
import { writeCheckpoint } from '../../src/convert/checkpoint_writer';
import { type OpenOptions, openCheckpoint } from '../../src/convert/open_checkpoint';
import { weightSpecs } from '../../src/convert/weight_names';
import { countingValues, fixturePath, readJsonFile, smallConfig, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();

async function formatOf(source: string, options?: OpenOptions): Promise<string> {
  const { reader, close } = await openCheckpoint(source, options);
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
    ['bin_model', 'pytorch_model.bin', 'bin pytorch'],
    ['bin_sharded', 'pytorch_model.bin.index.json', 'bin pytorch'],
    ['original_discriminator', 'pytorch_model.bin', 'original pytorch'],
    ['tf2_saver', 'model.ckpt-1.index', 'tf2 tf'],
    ['tf2_model', 'tf_model.data-00000-of-00001', 'tf2 tf'],
    ['savedmodel_masked_lm', 'saved_model.pb', 'savedmodel tf'],
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

  test('only the format that is asked for is looked for', async () => {
    await cp(fixturePath('h5_sequence_classification'), folder.path, { recursive: true });
    await cp(safetensors, folder.join('model.safetensors'));
    expect(await formatOf(folder.path, { from: 'h5' })).toBe('h5 tf');
    await expect(() => openCheckpoint(folder.path, { from: 'tf2' })).toThrowDebertaError(
      'checkpoint',
      /must hold a TensorFlow checkpoint and does not; name/,
    );
  });

  test('a file of another ending is what the caller says it is', async () => {
    await cp(safetensors, folder.join('weights.backup'));
    await cp(config, folder.join('config.json'));
    expect(await formatOf(folder.join('weights.backup'), { from: 'safetensors' })).toBe('safetensors pytorch');
    for (const from of SOURCE_FORMATS.filter((format) => format !== 'safetensors')) {
      await expect(() => openCheckpoint(folder.join('weights.backup'), { from })).toThrowDebertaError(
        'checkpoint',
        /./,
      );
    }
  });

  test('of several TensorFlow checkpoints the newest is taken, if the folder says which', async () => {
    const copy = (name: string, as: string) =>
      Promise.all(
        ['index', 'data-00000-of-00001'].map((ending) =>
          cp(fixturePath(name, `tf_model.${ending}`), folder.join(`${as}.${ending}`)),
        ),
      );
    await copy('tf2_model', 'ckpt-9');
    await copy('tf2_question_answering', 'ckpt-10');
    await cp(fixturePath('tf2_model', 'config.json'), folder.join('config.json'));
    await expect(() => openCheckpoint(folder.path)).toThrowDebertaError(
      'checkpoint',
      /must hold one TensorFlow checkpoint or say .* which is the newest, received ckpt-10\.index, ckpt-9\.index/,
    );
    await writeFile(folder.join('checkpoint'), 'model_checkpoint_path: "ckpt-10"\n');
    const { reader, close } = await openCheckpoint(folder.path);
    expect([...reader.tensors.values()].map(({ knownAs }) => knownAs)).toContain(
      'tf_deberta_v2_for_question_answering/qa_outputs/bias',
    );
    await close();
  });

  test('the generator of differences may lie elsewhere', async () => {
    for (const file of ['config.json', 'pytorch_model.bin']) {
      await cp(fixturePath('original_discriminator', file), folder.join(file));
    }
    await expect(() => openCheckpoint(folder.path)).toThrowDebertaError('checkpoint', /_weight, the difference to/);
    const generator = fixturePath('original_discriminator', 'pytorch_model.generator.bin');
    expect(await formatOf(folder.path, { generator })).toBe('original pytorch');
  });

  const nothing: Array<[string, files: string[], message: RegExp]> = [
    [
      'an empty folder',
      [],
      /must hold one of model\.json, model\.safetensors, tf_model\.safetensors, tf_model\.h5, pytorch_model\.bin, saved_model\.pb, a TensorFlow checkpoint and holds none/,
    ],
    ['a tokenizer only', ['spm.model', 'config.json'], /must hold one of model\.json/],
  ];
  test.each(nothing)('%s is refused', async (_name, files, message) => {
    for (const file of files) await writeFile(folder.join(file), '{}');
    await expect(() => openCheckpoint(folder.path)).toThrowDebertaError('checkpoint', message);
  });

  test.each([
    ['weights.onnx', /weights\.onnx must end in \.json, \.safetensors, .*\.pb or \.index to be read as weights/],
    ['pytorch_model', /pytorch_model must end in/],
    ['saved_model.pb.index.json', /must end in .* to be read as weights/],
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
    expect(named).toMatchObject({
      architecture: 'TFDebertaV2ForSequenceClassification',
      source: { folder: folder.path },
    });
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
