import fs from 'node:fs';
import fsPromises, { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { Architecture } from '../../src/config/architecture';
import { CHECKPOINT_FORMATS } from '../../src/convert/checkpoint_format';
import { type ConversionOptions, convertCheckpoint } from '../../src/convert/convert_checkpoint';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { digestWeights, fixturePath, listFolder, readJsonFile, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();
const source = fixturePath('safetensors');

/** A copy of a fixture with a changed configuration. */
async function copyOf(name: string, changes: object = {}): Promise<string> {
  const copy = folder.join('source');
  await cp(fixturePath(name), copy, { recursive: true });
  const config = await readJsonFile(fixturePath(name, 'config.json'));
  await writeFile(folder.join('source', 'config.json'), JSON.stringify({ ...config, ...changes }));
  return copy;
}

describe('the report', () => {
  test('says what was converted into what', async () => {
    const progress: number[] = [];
    const report = await convertCheckpoint(source, folder.join('out'), {
      onProgress: ({ loaded, total }) => void progress.push(loaded / total),
    });
    const { rows, ...rest } = report;
    expect(rows).toHaveLength(46);
    expect(rows[0]).toEqual({
      source: 'deberta.embeddings.word_embeddings.weight',
      target: 'deberta/embeddings/word_embeddings/weight',
      shape: [50, 16],
      transform: 'none',
      from: 'float32',
      to: 'float32',
    });
    expect(rest).toEqual({
      sourceFormat: 'safetensors',
      format: 'tfjs',
      dtype: 'float32',
      architecture: 'TFDebertaV2ForSequenceClassification',
      tensors: 46,
      parameters: 6051,
      bytes: 24204,
      info: { missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] },
      copied: [],
    });
    expect(progress).toHaveLength(46);
    expect(progress.at(-1)).toBe(1);
  });

  test('lists what the model has no use for', async () => {
    const { info } = await convertCheckpoint(source, folder.join('out'), { architecture: 'TFDebertaV2Model' });
    expect(info.unexpectedKeys).toEqual([
      'classifier.bias',
      'classifier.weight',
      'pooler.dense.bias',
      'pooler.dense.weight',
    ]);
    const { config, close } = await openCheckpoint(folder.join('out'));
    expect(config.toJSON()).toMatchObject({ architectures: ['DebertaV2Model'] });
    await close();
  });
});

describe('the architecture', () => {
  const unnamed = { architectures: undefined };
  const cases: Array<[string, fixture: string, options: ConversionOptions, expected: Architecture]> = [
    ['given', 'safetensors_masked_lm', { architecture: 'TFDebertaV2Model' }, 'TFDebertaV2Model'],
    ['told by a masked-LM head', 'safetensors_masked_lm', {}, 'TFDebertaV2ForMaskedLM'],
    ['told by a classifier and a pooler', 'safetensors', {}, 'TFDebertaV2ForSequenceClassification'],
    ['told by a classifier alone', 'h5_token_classification', {}, 'TFDebertaV2ForTokenClassification'],
    ['told by a classifier of one output', 'h5_multiple_choice', {}, 'TFDebertaV2ForMultipleChoice'],
    ['told by span outputs', 'h5_question_answering', {}, 'TFDebertaV2ForQuestionAnswering'],
  ];
  test.each(cases)('is %s', async (_name, fixture, options, expected) => {
    const report = await convertCheckpoint(await copyOf(fixture, unnamed), folder.join('out'), options);
    expect(report.architecture).toBe(expected);
  });

  test('must be given when nothing tells it', async () => {
    const copy = await copyOf('safetensors_model', unnamed);
    await expect(() => convertCheckpoint(copy, folder.join('out'))).toThrowDebertaError(
      'usage',
      /Neither config\.json nor the weights in .* say which model this is; set the option architecture/,
    );
  });

  test('may be given where the configuration names a class of somebody else', async () => {
    const copy = await copyOf('safetensors', { architectures: ['DebertaV2ForRanking'] });
    await expect(() => convertCheckpoint(copy, folder.join('out'))).toThrowDebertaError(
      'config',
      /architectures must name one of .*, received "DebertaV2ForRanking"/,
    );
    const architecture = 'TFDebertaV2ForSequenceClassification';
    expect(await convertCheckpoint(copy, folder.join('out'), { architecture })).toMatchObject({ architecture });
  });

  test("the original's masked-LM head is kept by its name, whatever the configuration says", async () => {
    const copy = folder.join('source');
    await convertCheckpoint(await copyOf('safetensors_masked_lm'), folder.join('renamed'), { format: 'safetensors' });
    await rm(copy, { recursive: true });
    await cp(folder.join('renamed'), copy, { recursive: true });
    const file = folder.join('source', 'model.safetensors');
    await writeFile(
      file,
      renameInHeader(await readFile(file), /cls\.predictions(\.transform)?/g, 'lm_predictions.lm_head'),
    );
    await convertCheckpoint(copy, folder.join('out'));
    const { config, reader, close } = await openCheckpoint(folder.join('out'));
    expect(config.legacy).toBe(false);
    expect([...reader.tensors.keys()].filter((name) => name.startsWith('lm_predictions/'))).toHaveLength(5);
    await close();
  });
});

/** A safetensors file with other names in it. */
function renameInHeader(bytes: Buffer, pattern: RegExp, name: string): Buffer {
  const length = Number(bytes.readBigUInt64LE());
  const header = Buffer.from(
    bytes
      .subarray(8, 8 + length)
      .toString()
      .replace(pattern, name),
  );
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([prefix, header, bytes.subarray(8 + length)]);
}

describe('files that travel along', () => {
  test('the tokenizer, and nothing else', async () => {
    const copy = await copyOf('safetensors');
    const tokenizer = [
      'added_tokens.json',
      'special_tokens_map.json',
      'spm.model',
      'tokenizer.json',
      'tokenizer_config.json',
    ];
    for (const file of [...tokenizer, 'README.md', 'training_args.bin'])
      await writeFile(folder.join('source', file), file);
    const { copied } = await convertCheckpoint(copy, folder.join('out'));
    expect([...copied].sort()).toEqual(tokenizer);
    expect(await listFolder(folder.join('out'))).toEqual(
      [...tokenizer, 'config.json', 'group1-shard1of1.bin', 'model.json'].sort(),
    );
    expect(await readFile(folder.join('out', 'spm.model'), 'utf8')).toBe('spm.model');
  });

  test("the original's model_config.json becomes config.json", async () => {
    const copy = await copyOf('safetensors');
    const config = await readJsonFile(folder.join('source', 'config.json'));
    await rm(folder.join('source', 'config.json'));
    const original = { ...config, padding_idx: 7, pad_token_id: undefined, model_type: undefined };
    await writeFile(folder.join('source', 'model_config.json'), JSON.stringify(original));
    await convertCheckpoint(copy, folder.join('out'));
    expect(await readJsonFile(folder.join('out', 'config.json'))).toMatchObject({
      pad_token_id: 7,
      model_type: 'deberta-v2',
    });
  });
});

describe('the output folder', () => {
  test('may not exist', async () => {
    await mkdir(folder.join('out'));
    await expect(() => convertCheckpoint(source, folder.join('out'))).toThrowDebertaError(
      'output',
      /out exists already/,
    );
    expect(await listFolder(folder.join('out'))).toEqual([]);
  });

  test('is replaced when the caller says so', async () => {
    await mkdir(folder.join('out'));
    await writeFile(folder.join('out', 'old'), 'old');
    await convertCheckpoint(source, folder.join('out'), { overwrite: true });
    expect(await listFolder(folder.join('out'))).toEqual(['config.json', 'group1-shard1of1.bin', 'model.json']);
    expect(await listFolder(folder.path)).toEqual(['out']);
  });

  test('is made with the folders above it', async () => {
    await convertCheckpoint(source, folder.join('a', 'b', 'out'));
    expect(await listFolder(folder.join('a', 'b'))).toEqual(['out']);
  });

  test.each([
    ['the source', ['source']],
    ['a folder that holds the source', []],
    ['a link to the source', ['link']],
  ])('may not be %s', async (_name, parts) => {
    const copy = await copyOf('safetensors');
    await symlink(copy, folder.join('link'));
    await expect(() => convertCheckpoint(copy, folder.join(...parts), { overwrite: true })).toThrowDebertaError(
      'usage',
      /must not be the source folder or hold it/,
    );
    expect(await listFolder(copy)).toEqual(['config.json', 'model.safetensors']);
  });
});

describe('when it fails, nothing remains', () => {
  afterEach(() => jest.restoreAllMocks());

  const bad: Array<[string, make: () => Promise<string>, options: ConversionOptions, message: RegExp]> = [
    [
      'missing encoder weights',
      () => copyOf('safetensors', { num_hidden_layers: 3 }),
      {},
      /lacks deberta\.encoder\.layer\.2\..* and 13 more; see whether num_hidden_layers/,
    ],
    [
      'missing head weights',
      () => copyOf('safetensors'),
      { architecture: 'TFDebertaV2ForQuestionAnswering' },
      /lacks the head weights qa_outputs\.weight, qa_outputs\.bias; choose the architecture TFDebertaV2Model/,
    ],
    [
      'another number of labels',
      () => copyOf('safetensors', { id2label: { 0: 'a' }, label2id: { a: 0 } }),
      {},
      /classifier\.weight must have shape \[1,16\]/,
    ],
    [
      'tensors without a place, when it is strict',
      () => copyOf('safetensors'),
      { architecture: 'TFDebertaV2Model', strict: true },
      /must hold nothing but the model's weights .*, received classifier\.bias, .*; choose the task/,
    ],
    [
      'another format than the one asked for',
      () => copyOf('safetensors'),
      { from: 'h5' },
      /source must hold tf_model\.h5 and does not/,
    ],
    [
      'another width, even if mismatches are allowed',
      () => copyOf('safetensors', { intermediate_size: 25 }),
      { ignoreMismatchedSizes: true },
      /only weights of a head may be left out/,
    ],
  ];
  test.each(bad)('%s', async (_name, make, options, message) => {
    const copy = await make();
    await expect(() => convertCheckpoint(copy, folder.join('out'), options)).toThrowDebertaError('checkpoint', message);
    expect(await listFolder(folder.path)).toEqual(['source']);
  });

  const refused: Array<[string, options: object, message: RegExp]> = [
    [
      'a format that is not written',
      { format: 'bin' },
      /format must be one of tfjs, safetensors, h5, tf2, received "bin"/,
    ],
    [
      'a type the format cannot hold',
      { format: 'h5', dtype: 'float16' },
      /dtype must be float32 for h5, received "float16"/,
    ],
    ['shards of nothing', { maxShardSize: 0 }, /maxShardSize must be a positive number of bytes, received 0/],
  ];
  test.each(refused)('%s', async (_name, options, message) => {
    await expect(() => convertCheckpoint(source, folder.join('out'), options)).toThrowDebertaError('usage', message);
    expect(await listFolder(folder.path)).toEqual([]);
  });

  test('a source that ends while it is read', async () => {
    const copy = await copyOf('safetensors');
    const truncateLate = ({ loaded }: { loaded: number }) => {
      if (loaded < 10_000) fs.truncateSync(folder.join('source', 'model.safetensors'), 6000);
    };
    await expect(() => convertCheckpoint(copy, folder.join('out'), { onProgress: truncateLate })).toThrowDebertaError(
      'checkpoint',
      /model\.safetensors ends at byte \d+ where \d+ bytes were expected/,
    );
    expect(await listFolder(folder.path)).toEqual(['source']);
  });

  const reasons: Array<[code: string, message: RegExp]> = [
    ['ENOSPC', /out could not be written: the disk is full; free some space/],
    ['EDQUOT', /out could not be written: the disk quota is used up/],
    ['EROFS', /out could not be written: the file system is read-only/],
  ];
  const outputs: ConversionOptions[] = [
    { format: 'tfjs' },
    { format: 'tfjs', dtype: 'uint8' },
    { format: 'safetensors' },
    { format: 'safetensors', dtype: 'bfloat16' },
    { format: 'tf2' },
  ];
  const failures = outputs.flatMap((options) => reasons.map(([code, message]) => [options, code, message] as const));
  test.each(failures)('%j: a write that fails with %s', async (options, code, message) => {
    const open = fsPromises.open;
    let writes = 0;
    jest.spyOn(fsPromises, 'open').mockImplementation(async (...args) => {
      const handle = await open(...args);
      const write = handle.write.bind(handle) as (...given: unknown[]) => Promise<never>;
      jest.spyOn(handle, 'write').mockImplementation(async (...given: unknown[]) => {
        if (writes++ > 4) throw Object.assign(new Error(`${code}: write`), { code });
        return write(...given);
      });
      return handle;
    });
    await expect(() => convertCheckpoint(source, folder.join('out'), options)).toThrowDebertaError('output', message);
    expect(writes).toBeGreaterThan(4);
    expect(await listFolder(folder.path)).toEqual([]);
  });

  test('h5: a write that fails because the disk is full', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const write = fs.writeSync as (...given: unknown[]) => number;
    let writes = 0;
    jest.spyOn(fs, 'writeSync').mockImplementation((...given: unknown[]) => {
      if (writes++ > 4) throw full;
      return write(...given);
    });
    const writeFileWhole = fsPromises.writeFile;
    jest.spyOn(fsPromises, 'writeFile').mockImplementation(async (...given) => {
      if (writes > 4) throw full;
      return writeFileWhole(...given);
    });
    await expect(() => convertCheckpoint(source, folder.join('out'), { format: 'h5' })).toThrowDebertaError(
      'output',
      /out could not be written: the disk is full; free some space/,
    );
    expect(writes).toBeGreaterThan(4);
    expect(await listFolder(folder.path)).toEqual([]);
    jest.restoreAllMocks();
    // The library is fit for another file.
    await convertCheckpoint(source, folder.join('out'), { format: 'h5' });
    expect(await digestWeights(folder.join('out'), 'TFDebertaV2ForSequenceClassification')).toEqual(
      await digestWeights(source, 'TFDebertaV2ForSequenceClassification'),
    );
  });

  test.each(CHECKPOINT_FORMATS)('%s: a conversion that is called off', async (format) => {
    const call = new AbortController();
    const reason = new Error('enough');
    let weights = 0;
    const onProgress = () => {
      weights++;
      call.abort(reason);
    };
    const conversion = convertCheckpoint(source, folder.join('out'), { format, onProgress, signal: call.signal });
    await expect(conversion).rejects.toBe(reason);
    expect(weights).toBe(1);
    expect(await listFolder(folder.path)).toEqual([]);
  });

  test('an output folder that is replaced stays as it was', async () => {
    await mkdir(folder.join('out'));
    await writeFile(folder.join('out', 'old'), 'old');
    const copy = await copyOf('safetensors', { num_hidden_layers: 3 });
    await expect(() => convertCheckpoint(copy, folder.join('out'), { overwrite: true })).toThrowDebertaError(
      'checkpoint',
      /lacks/,
    );
    expect(await listFolder(folder.join('out'))).toEqual(['old']);
  });
});

test('head weights of another shape are left out when the caller allows it', async () => {
  const copy = await copyOf('safetensors', { id2label: { 0: 'a', 1: 'b' }, label2id: { a: 0, b: 1 } });
  const report = await convertCheckpoint(copy, folder.join('out'), { ignoreMismatchedSizes: true });
  expect(report.tensors).toBe(44);
  expect(report.info.mismatchedKeys.map(({ name }) => name)).toEqual(['classifier.weight', 'classifier.bias']);
  const { reader, close } = await openCheckpoint(folder.join('out'));
  expect([...reader.tensors.keys()].filter((name) => name.startsWith('classifier'))).toEqual([]);
  await close();
});
