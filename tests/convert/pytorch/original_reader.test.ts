import { DebertaV2Config } from '../../../src/config/deberta_v2_config';
import type { CheckpointReader } from '../../../src/convert/checkpoint_reader';
import { openCheckpoint } from '../../../src/convert/open_checkpoint';
import { GENERATOR_FILE, isOriginal, needsGenerator, readOriginal } from '../../../src/convert/pytorch/original_reader';
import { openPytorch } from '../../../src/convert/pytorch/pytorch_reader';
import { readWeight } from '../../../src/convert/read_weight';
import { weightSpecs } from '../../../src/convert/weight_names';
import { planWeights } from '../../../src/convert/weight_plan';
import { localFolder } from '../../../src/sources/local_folder';
import { deterministicWeight } from '../../harness';
import { dictionary, storage, tensor, text } from '../../pickle/assemble';
import { memorySource } from '../../sources/memory_source';
import { fixturePath, readJsonFile } from '../support';
import { FOUR, torchZip } from './torch_bytes';

const discriminator = () => openPytorch(localFolder(fixturePath('original_discriminator')), 'pytorch_model.bin');
const generator = () => openPytorch(localFolder(fixturePath('original_discriminator')), GENERATOR_FILE);
const fineTuned = () => openPytorch(localFolder(fixturePath('original_float16')), 'pytorch_model.bin');

const WORDS = 'deberta.embeddings.word_embeddings';

/** A reader of tensors of four numbers, 1 to 4. */
const handmade = (names: readonly string[], shape: readonly number[] = [2, 2]): Promise<CheckpointReader> => {
  const one = tensor(
    storage('0', 'FloatStorage', 4),
    0,
    shape,
    shape.map((_, axis) => (axis === 0 ? (shape[1] ?? 1) : 1)),
  );
  return openPytorch(
    memorySource({ 'm.bin': torchZip(dictionary(...names.flatMap((name) => [text(name), one])), { 0: FOUR }) }),
    'm.bin',
  );
};

describe('what a file is', () => {
  const cases: Array<[name: string, open: () => Promise<CheckpointReader>, original: boolean, needs: boolean]> = [
    ['a discriminator of differences', discriminator, true, true],
    ['its generator', generator, false, false],
    ['a fine-tuned model with both kinds of table', fineTuned, true, false],
    ["Hugging Face's", () => openPytorch(localFolder(fixturePath('bin_masked_lm')), 'pytorch_model.bin'), false, false],
    [
      'a discriminator with whole tables',
      () => handmade([`${WORDS}.weight`, 'mask_predictions.dense.weight']),
      true,
      false,
    ],
    [
      'a difference under other prefixes',
      () => handmade(['module.bert.embeddings.word_embeddings._weight']),
      true,
      true,
    ],
    ['another weight of this ending', () => handmade(['head._weight']), false, false],
  ];
  test.each(cases)('%s', async (_name, open, original, needs) => {
    const reader = await open();
    expect(isOriginal(reader)).toBe(original);
    expect(needsGenerator(reader)).toBe(needs);
    await reader.close();
  });
});

describe('a discriminator of differences', () => {
  test('is whole with its generator, row by row', async () => {
    const reader = readOriginal(await discriminator(), await generator());
    expect(reader.format).toBe('original');
    expect(reader.tensors.has(`${WORDS}._weight`)).toBe(false);
    expect(reader.tensors.get(`${WORDS}.weight`)).toEqual({ dtype: 'float32', shape: [50, 16] });
    expect(needsGenerator(reader)).toBe(false);
    const config = DebertaV2Config.fromJSON(await readJsonFile(fixturePath('original_discriminator', 'config.json')));
    const { entries, info } = planWeights(reader.tensors, reader.layout, weightSpecs(config, 'TFDebertaV2Model'));
    expect(info).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
    for (const entry of entries) {
      expect(await readWeight(reader, entry)).toEqual(deterministicWeight(entry.spec, 'TFDebertaV2Model'));
    }
    const words = await reader.read(`${WORDS}.weight`);
    expect(await reader.read(`${WORDS}.weight`, [7, 9])).toEqual(words.subarray(7 * 16, 9 * 16));
    await reader.close();
  });

  test('is refused without it, with an explanation', async () => {
    const reader = await discriminator();
    await expect(async () => readOriginal(reader)).toThrowDebertaError(
      'checkpoint',
      /word_embeddings\._weight, the difference .* put pytorch_model\.generator\.bin or the folder generator beside it, name it by the option generator/,
    );
    await reader.close();
  });

  const generators: Array<[name: string, open: () => Promise<CheckpointReader>]> = [
    ['lacks the table', () => handmade(['deberta.embeddings.LayerNorm.weight'])],
    ['has another shape', () => handmade([`${WORDS}.weight`], [4])],
    ['is a difference itself', () => handmade([`${WORDS}._weight`])],
  ];
  test.each(generators)('is refused with a generator that %s', async (_name, open) => {
    const base = await open();
    const reader = await handmade([`${WORDS}._weight`]);
    await expect(async () => readOriginal(reader, base)).toThrowDebertaError(
      'checkpoint',
      /generator must hold deberta\.embeddings\.word_embeddings\.weight of shape \[2,2\]/,
    );
  });

  test('finds the table under other prefixes', async () => {
    const base = await handmade(['embeddings.word_embeddings.weight']);
    const reader = readOriginal(await handmade(['module.bert.embeddings.word_embeddings._weight']), base);
    expect([...(await reader.read('module.bert.embeddings.word_embeddings.weight'))]).toEqual([2, 4, 6, 8]);
  });

  test('closes both files', async () => {
    const closed: string[] = [];
    const closing = async (name: string, reader: CheckpointReader) => ({
      ...reader,
      close: async () => void closed.push(name),
    });
    const reader = readOriginal(
      await closing('model', await discriminator()),
      await closing('generator', await generator()),
    );
    await reader.close();
    expect(closed).toEqual(['model', 'generator']);
  });
});

test('a whole table wins over a difference, and needs no generator', async () => {
  const reader = readOriginal(await fineTuned());
  const name = 'module.bert.embeddings.word_embeddings';
  const table = await reader.read(`${name}.weight`);
  expect(Math.max(...table)).toBeLessThan(0.3);
  expect([...(await reader.read(`${name}._weight`, [0, 1]))]).toEqual(Array(16).fill(9));
  await reader.close();
});

test('the configuration in a file becomes one of the model', async () => {
  const reader = await fineTuned();
  const config = DebertaV2Config.fromJSON(reader.embeddedConfig);
  expect(config).toMatchObject({
    hiddenSize: 16,
    convKernelSize: 3,
    padTokenId: 0,
    poolerDropout: 0,
    posAttType: ['p2c', 'c2p'],
  });
  await reader.close();
});

test('the masked-LM head of a generator is passed through', async () => {
  const reader = await generator();
  const json = await readJsonFile(fixturePath('original_discriminator', 'config.json'));
  const config = DebertaV2Config.fromJSON({ ...json, legacy: false });
  const { info } = planWeights(reader.tensors, reader.layout, weightSpecs(config, 'TFDebertaV2ForMaskedLM'));
  expect(info).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
  await reader.close();
});

test('a layout of DeBERTa v1 is refused with an explanation', async () => {
  const reader = await handmade([
    'bert.embeddings.word_embeddings.weight',
    'bert.encoder.layer.0.attention.self.in_proj.weight',
  ]);
  const specs = weightSpecs(
    new DebertaV2Config({ vocabSize: 2, hiddenSize: 2, numAttentionHeads: 1 }),
    'TFDebertaV2Model',
  );
  expect(() => planWeights(reader.tensors, reader.layout, specs)).toThrowDebertaError(
    'checkpoint',
    /received bert\.encoder\.layer\.0\.attention\.self\.in_proj\.weight, a weight of DeBERTa v1/,
  );
});

test('openCheckpoint finds the generator beside the model', async () => {
  const { reader, close } = await openCheckpoint(fixturePath('original_discriminator'));
  expect(reader.format).toBe('original');
  expect(reader.tensors.has(`${WORDS}.weight`)).toBe(true);
  await close();
});
