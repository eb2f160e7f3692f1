import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadH5 } from '../../../src/convert/h5/h5_library';
import { openH5 } from '../../../src/convert/h5/h5_reader';
import { at, fixturePath, readOne, useTemporaryFolder } from '../support';

const folder = useTemporaryFolder();

type H5 = Awaited<ReturnType<typeof loadH5>>;
type H5File = InstanceType<H5['h5']['File']>;

async function write(fill: (file: H5File, library: H5) => void): Promise<string> {
  const library = await loadH5();
  const path = folder.join('tf_model.h5');
  const file = new library.h5.File(path, 'w');
  fill(file, library);
  file.close();
  return path;
}

/** A file of one layer with one weight. */
const withWeight = (add: (file: H5File, name: string) => void) =>
  write((file) => {
    file.create_attribute('layer_names', ['deberta']);
    file.create_group('deberta').create_attribute('weight_names', ['w:0']);
    add(file, 'deberta/w:0');
  });

describe('what Keras writes', () => {
  test('lists of names split over several attributes', async () => {
    const path = await write((file) => {
      file.create_attribute('layer_names0', ['deberta'], [1], 'S16');
      file.create_attribute('layer_names1', ['pooler'], [1], 'S16');
      for (const layer of ['deberta', 'pooler']) {
        const group = file.create_group(layer);
        for (const part of [0, 1]) {
          group.create_attribute(`weight_names${part}`, [`${layer}_${part}:0`]);
          group.create_dataset({ name: `${layer}_${part}:0`, data: Float32Array.of(part) });
        }
      }
    });
    const reader = await openH5(...at(path));
    expect([...reader.tensors.keys()]).toEqual(['deberta_0:0', 'deberta_1:0', 'pooler_0:0', 'pooler_1:0']);
    expect([...(await reader.read('pooler_1:0'))]).toEqual([1]);
    await reader.close();
  });

  test('layers without weights, and weights listed by two layers', async () => {
    const path = await write((file) => {
      file.create_attribute('layer_names', ['deberta', 'dropout', 'cls']);
      file.create_group('dropout').create_attribute('weight_names', new Float64Array(0));
      for (const [layer, value] of [
        ['deberta', 1],
        ['cls', 2],
      ] as const) {
        file.create_group(layer).create_attribute('weight_names', ['w:0']);
        file.create_dataset({ name: `${layer}/w:0`, data: Float32Array.of(value) });
      }
    });
    expect(await readOne(openH5(...at(path)), 'w:0')).toEqual([1]);
  });
});

describe('number types', () => {
  test('doubles are rounded', async () => {
    const path = await withWeight((file, name) => {
      file.create_dataset({ name, data: Float64Array.of(0.1, 2), shape: [2] });
    });
    expect(await readOne(openH5(...at(path)), 'w:0')).toEqual([Math.fround(0.1), 2]);
  });

  const stored = [1, -2, 65504, 2 ** -24, 0, -0];
  const written = ['half', 'half_big_endian', 'single_big_endian', 'double_big_endian', 'half_compressed'];
  test.each(written)('%s, as h5py writes it, keeps its values', async (name) => {
    const reader = await openH5(...at(join(__dirname, '..', '..', 'fixtures', 'number_types', 'tf_model.h5')));
    expect([...(await reader.read(`${name}:0`))]).toEqual(stored);
    expect([...(await reader.read(`${name}:0`, [1, 2]))]).toEqual(stored.slice(2, 4));
    await reader.close();
  });

  test('compressed datasets are read', async () => {
    const values = Float32Array.from({ length: 600 }, (_, index) => index % 7);
    const path = await withWeight((file, name) => {
      file.create_dataset({ name, data: values, shape: [100, 6], chunks: [9, 6], compression: 'gzip' });
    });
    expect(await readOne(openH5(...at(path)), 'w:0')).toEqual([...values]);
  });

  test.each([
    ['int32', Int32Array.of(1, -2)],
    ['uint8', Uint8Array.of(1, 254)],
    ['int64', BigInt64Array.of(1n, -2n)],
  ])('%s becomes float32', async (dtype, data) => {
    const path = await withWeight((file, name) => {
      file.create_dataset({ name, data });
    });
    const reader = await openH5(...at(path));
    expect(reader.tensors.get('w:0')).toMatchObject({ dtype });
    expect([...(await reader.read('w:0'))]).toEqual(Array.from(data as Iterable<number | bigint>, Number));
    await reader.close();
  });

  test('texts are no weights', async () => {
    const path = await withWeight((file, name) => {
      file.create_dataset({ name, data: ['a', 'b'] });
    });
    await expect(() => readOne(openH5(...at(path)), 'w:0')).toThrowDebertaError(
      'checkpoint',
      /must hold numbers of type float64, .* to be a weight, received class 9 of HDF5/,
    );
  });
});

describe('damaged and unsafe files', () => {
  const target = '/deberta/real:0';
  const cases: Array<[string, make: () => Promise<string>, message: RegExp]> = [
    ['no Keras file', () => write((file) => void file.create_group('deberta')), /must have the attribute layer_names/],
    ['a listed weight that is not there', () => withWeight(() => undefined), /lists deberta\/w:0 and does not hold it/],
    [
      'a listed layer that is not there',
      () => write((file) => file.create_attribute('layer_names', ['deberta'])),
      /lists deberta and does not hold it/,
    ],
    [
      'a group in place of a weight',
      () => withWeight((file, name) => void file.create_group(name)),
      /deberta\/w:0 in .* must be an ordinary dataset/,
    ],
    [
      'a soft link',
      () =>
        withWeight((file, name) => {
          file.create_dataset({ name: target.slice(1), data: Float32Array.of(1) });
          file.create_soft_link(target, name);
        }),
      /must lie in the file itself, received a link at deberta\/w:0/,
    ],
    [
      'an external link to a file that exists',
      () =>
        withWeight(
          (file, name) => void file.create_external_link(fixturePath('h5_model', 'tf_model.h5'), '/deberta', name),
        ),
      /must lie in the file itself, received a link/,
    ],
    [
      'an external link to nothing',
      () => withWeight((file, name) => void file.create_external_link('/nowhere.h5', '/x', name)),
      /must lie in the file itself, received a link/,
    ],
    [
      'a layer that is an external link',
      () =>
        write((file) => {
          file.create_attribute('layer_names', ['deberta']);
          file.create_external_link(fixturePath('h5_model', 'tf_model.h5'), '/deberta', 'deberta');
        }),
      /must lie in the file itself, received a link at deberta/,
    ],
  ];
  test.each(cases)('%s', async (_name, make, message) => {
    const path = await make();
    await expect(() => openH5(...at(path))).toThrowDebertaError('checkpoint', message);
  });

  const whole = () => readFile(fixturePath('h5_masked_lm', 'tf_model.h5'));
  const damages: Array<[string, damage: (bytes: Buffer) => Uint8Array, message: RegExp]> = [
    ['an empty file', () => Buffer.alloc(0), /could not be read as HDF5: it is no HDF5 file/],
    ['another format', () => Buffer.from('PK\x03\x04 this is a zip'), /could not be read as HDF5: it is no HDF5 file/],
    ['a file cut short', (bytes) => bytes.subarray(0, bytes.length / 2), /could not be read as HDF5: it is cut short/],
    ['a file cut short by a byte', (bytes) => bytes.subarray(0, bytes.length - 1), /it is cut short/],
    [
      'a root group of zeros',
      (bytes) => Buffer.concat([bytes.subarray(0, 96), Buffer.alloc(4096), bytes.subarray(96 + 4096)]),
      /could not be read as HDF5: it is damaged/,
    ],
  ];
  test.each(damages)('%s', async (_name, damage, message) => {
    const path = folder.join('tf_model.h5');
    await writeFile(path, damage(await whole()));
    await expect(() => openH5(...at(path))).toThrowDebertaError('checkpoint', message);
  });

  test('damage anywhere is an error of ours or none, never a crash', async () => {
    const bytes = await whole();
    const path = folder.join('tf_model.h5');
    for (let start = 0; start < bytes.length; start += 4001) {
      await writeFile(
        path,
        Buffer.concat([bytes.subarray(0, start), Buffer.alloc(64, 0xff), bytes.subarray(start + 64)]),
      );
      const outcome = await openH5(...at(path)).then(
        async (reader) => {
          for (const name of reader.tensors.keys()) await reader.read(name);
          await reader.close();
        },
        (error: unknown) => error,
      );
      if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'checkpoint' });
    }
  });

  test('a missing file', async () => {
    await expect(() => openH5(...at(folder.join('none.h5')))).toThrowDebertaError(
      'checkpoint',
      /none\.h5 .* does not exist/,
    );
  });
});
