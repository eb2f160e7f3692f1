import { CHECKPOINT_FORMATS } from '../../src/convert/checkpoint_format';
import type { CheckpointReader, TensorInfo } from '../../src/convert/checkpoint_reader';
import { convertCheckpoint } from '../../src/convert/convert_checkpoint';
import { diffCheckpoints, type TensorDifference } from '../../src/convert/diff_checkpoints';
import { elementCount } from '../../src/convert/numbers/element_count';
import { CHUNK_NUMBERS } from '../../src/convert/numbers/row_chunks';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { fixturePath, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();

async function rowsOf(first: CheckpointReader, second: CheckpointReader): Promise<TensorDifference[]> {
  const rows: TensorDifference[] = [];
  for await (const row of diffCheckpoints(first, second)) rows.push(row);
  return rows;
}

async function diff(first: string, second: string): Promise<TensorDifference[]> {
  const [a, b] = [await openCheckpoint(first), await openCheckpoint(second)];
  try {
    return await rowsOf(a.reader, b.reader);
  } finally {
    await a.close();
    await b.close();
  }
}

describe('of files', () => {
  const same = [
    ['h5_masked_lm', 'bin_masked_lm'],
    ['h5_masked_lm', 'tf2_masked_lm'],
    ['bin_masked_lm', 'safetensors_masked_lm'],
    ['bin_masked_lm', 'bin_sharded'],
    ['tf_safetensors', 'savedmodel_sequence_classification'],
    ['h5_own_projections', 'bin_own_projections_sequence_classification'],
    ['tf2_token_types', 'tf2_token_types'],
  ];
  test.each(same)('%s and %s are equal', async (first, second) => {
    const rows = await diff(fixturePath(first), fixturePath(second));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter(({ status, largestDifference }) => status !== 'equal' || largestDifference !== 0)).toEqual([]);
  });

  test.each(CHECKPOINT_FORMATS)('what was converted to %s is equal', async (format) => {
    await convertCheckpoint(fixturePath('bin_model'), folder.join('out'), { format });
    const rows = await diff(fixturePath('bin_model'), folder.join('out'));
    expect(rows.map(({ status }) => status)).toEqual(rows.map(() => 'equal'));
  });

  test('what was rounded differs by no more than the rounding', async () => {
    const rows = await diff(fixturePath('safetensors'), fixturePath('safetensors_float16'));
    expect(rows.find(({ name }) => name.endsWith('word_embeddings.weight'))).toMatchObject({
      status: 'different',
      dtypes: ['float32', 'float16'],
      shapes: [
        [50, 16],
        [50, 16],
      ],
    });
    expect(rows.every(({ largestDifference }) => largestDifference! < 2 ** -11)).toBe(true);
  });

  test('heads are only in one of them', async () => {
    const rows = await diff(fixturePath('h5_question_answering'), fixturePath('safetensors'));
    const lonely = rows.filter(({ status }) => status.startsWith('only'));
    expect(lonely.map(({ name, status, shapes }) => [name, status, ...shapes])).toEqual([
      ['qa_outputs.weight', 'only in first', [16, 2], undefined],
      ['qa_outputs.bias', 'only in first', [2], undefined],
      ['classifier.bias', 'only in second', undefined, [3]],
      ['classifier.weight', 'only in second', undefined, [16, 3]],
      ['pooler.dense.bias', 'only in second', undefined, [16]],
      ['pooler.dense.weight', 'only in second', undefined, [16, 16]],
    ]);
  });
});

/** A reader of numbers at hand, which notes the rows that it is asked for. */
function reader(
  tensors: Readonly<Record<string, readonly number[] | Float32Array>>,
  shape?: readonly number[],
  layout: CheckpointReader['layout'] = 'tf',
): CheckpointReader & { readonly asked: (readonly [number, number] | undefined)[] } {
  const infos = Object.entries(tensors).map(([name, { length }]): [string, TensorInfo] => [
    name,
    { dtype: 'float32', shape: shape ?? [length] },
  ]);
  const asked: (readonly [number, number] | undefined)[] = [];
  return {
    format: 'safetensors',
    layout,
    tensors: new Map(infos),
    asked,
    async read(name, rows) {
      asked.push(rows);
      const values = Float32Array.from(tensors[name]!);
      const rowLength = elementCount((shape ?? [0]).slice(1));
      return rows === undefined ? values : values.slice(rows[0] * rowLength, rows[1] * rowLength);
    },
    close: async () => undefined,
  };
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

// One row per case: numbers of both, whether they are equal, the largest difference.
const numbers: Array<[string, number[], number[], TensorDifference['status'], number | undefined]> = [
  ['the same', [1, 2], [1, 2], 'equal', 0],
  ['others', [1, 2, 3], [1, 4, 3.5], 'different', 2],
  ['a difference below zero', [1, -5], [1, -4.5], 'different', 0.5],
  ['zeros of both signs', [0, -0], [-0, 0], 'equal', 0],
  ['NaN in the same places', [nan, 1], [nan, 1], 'equal', 0],
  ['NaN in one of them', [1, nan, 7], [1, 2, 1], 'different', nan],
  ['infinities of the same sign', [infinity, -infinity], [infinity, -infinity], 'equal', 0],
  ['infinities of different signs', [infinity], [-infinity], 'different', infinity],
  ['no numbers', [], [], 'equal', 0],
  ['another length', [1, 2], [1, 2, 3], 'other shape', undefined],
];
test.each(numbers)('%s', async (_name, first, second, status, largestDifference) => {
  const [row] = await rowsOf(reader({ a: first }), reader({ a: second }));
  expect(row).toMatchObject({ name: 'a', status });
  expect(row!.largestDifference).toBe(largestDifference);
});

test('a scalar is compared', async () => {
  expect(await rowsOf(reader({ a: [1] }, []), reader({ a: [2] }, []))).toMatchObject([{ largestDifference: 1 }]);
});

test("matrices are compared in TensorFlow's layout, and named by what they are", async () => {
  const tensorflow = reader({ 'tf_model/qa_outputs/kernel:0': [1, 2, 3, 4, 5, 6] }, [3, 2]);
  const pytorch = reader({ 'qa_outputs.weight': [1, 3, 5, 2, 4, 6] }, [2, 3], 'pytorch');
  expect(await rowsOf(tensorflow, pytorch)).toMatchObject([
    {
      name: 'qa_outputs.weight',
      status: 'equal',
      shapes: [
        [3, 2],
        [3, 2],
      ],
    },
  ]);
});

test('a weight is known by what the file tells beside its name', async () => {
  const first = reader({ 'model/step/4': [1, 2] });
  const known = { dtype: 'float32', shape: [2], knownAs: 'tf_deberta_v2_model/qa_outputs/bias' };
  const rows = await rowsOf(
    { ...first, tensors: new Map([['model/step/4', known]]) },
    reader({ 'qa_outputs.bias': [1, 2] }),
  );
  expect(rows).toMatchObject([{ name: 'qa_outputs.bias', status: 'equal' }]);
});

describe('copies of tied weights', () => {
  const copy = 'cls.predictions.decoder.weight';

  test('that one of them lacks are no difference', async () => {
    expect(await rowsOf(reader({ a: [1], [copy]: [1] }), reader({ a: [1] }))).toMatchObject([{ name: 'a' }]);
  });

  test('that both hold are compared', async () => {
    const rows = await rowsOf(reader({ [copy]: [1] }), reader({ [copy]: [2] }));
    expect(rows).toMatchObject([{ name: copy, status: 'different' }]);
  });
});

test('large tensors are compared in pieces', async () => {
  const shape = [3, CHUNK_NUMBERS / 2 + 1];
  const values = new Float32Array(elementCount(shape));
  const changed = Float32Array.from(values);
  changed[values.length - 1] = 0.25;
  const [first, second] = [reader({ a: values }, shape), reader({ a: changed }, shape)];
  expect(await rowsOf(first, second)).toMatchObject([{ status: 'different', largestDifference: 0.25 }]);
  const pieces = [
    [0, 1],
    [1, 2],
    [2, 3],
  ];
  expect([first.asked, second.asked]).toEqual([pieces, pieces]);
});
