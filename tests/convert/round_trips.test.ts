import { CHECKPOINT_FORMATS, type CheckpointFormat } from '../../src/convert/checkpoint_format';
import { SOURCE_FORMATS } from '../../src/convert/checkpoint_reader';
import { writeCheckpoint } from '../../src/convert/checkpoint_writer';
import { type ConversionOptions, convertCheckpoint } from '../../src/convert/convert_checkpoint';
import { elementCount } from '../../src/convert/numbers/element_count';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { type WeightSpec, weightSpecs } from '../../src/convert/weight_names';
import { digestOf, digestWeights, fixturePath, fixtures, fullConfig, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();

/** Converts, and checks that the names in the output are those that the report promises. */
async function convert(source: string, output: string, options: ConversionOptions & { format: CheckpointFormat }) {
  const { format, maxShardSize } = options;
  const report = await convertCheckpoint(source, output, options);
  const { reader, close } = await openCheckpoint(output);
  await close();
  expect(reader.format).toBe(format);
  expect(report.info).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
  const isShardedH5 = format === 'h5' && maxShardSize !== undefined;
  // The shards of h5 leave the model's name to the index.
  const targets = report.rows.map(({ target }) => (isShardedH5 ? target.replace(/^[^/]+\//, '') : target));
  expect([...reader.tensors.keys()].sort()).toEqual(targets.sort());
  return report;
}

// One of each way of storing weights, and of each configuration; `readers.test.ts` reads all the others.
const kinds = new Map(
  [...fixtures]
    .reverse()
    .map((fixture) => [`${fixture.format} ${fixture.sharded} ${fixture.dtype} ${fixture.case}`, fixture]),
);

test.each([...kinds.values()].reverse())(
  '$name keeps every bit and every name in every format',
  async ({ name, class: architecture }) => {
    const expected = await digestWeights(fixturePath(name), architecture);
    for (const format of CHECKPOINT_FORMATS) {
      const output = folder.join(format);
      await convert(fixturePath(name), output, { architecture, format });
      expect(await digestWeights(output, architecture)).toEqual(expected);
    }
  },
);

/** Floats that arithmetic, or a copy through a register, would change: NaNs of any payload, -0, subnormals. */
const ODD_BITS = Uint32Array.of(
  0x80000000,
  0x00000001,
  0x807fffff,
  0x7f7fffff,
  0x7f800000,
  0xff800000,
  0x7fc00000,
  0xffc12345,
  0x7f800001,
  0xffbfffff,
  0x3f800001,
);

function oddValues({ name, shape }: WeightSpec): Float32Array {
  const bits = Uint32Array.from({ length: elementCount(shape) }, (_, index) =>
    index % 3 === 2 ? index : ODD_BITS[(name.length + index) % ODD_BITS.length]!,
  );
  return new Float32Array(bits.buffer);
}

describe('between formats', () => {
  const architecture = 'TFDebertaV2ForMaskedLM';
  const config = fullConfig;
  const specs = weightSpecs(config, architecture);
  const expected = Object.fromEntries(specs.map((spec) => [spec.name, digestOf(oddValues(spec))]));
  const start = async (format: CheckpointFormat) => {
    const options = { config, architecture, format } as const;
    await writeCheckpoint(folder.path, options, specs, async function* (spec) {
      yield oddValues(spec);
    });
  };

  /** Every format after every format, itself included, and back to the first. */
  const [a, b, c, d] = CHECKPOINT_FORMATS as [CheckpointFormat, CheckpointFormat, CheckpointFormat, CheckpointFormat];
  const chain = [a, a, b, a, c, a, d, b, b, c, b, d, c, c, d, d, a];

  test('the chain has every pair', () => {
    const pairs = chain.slice(1).map((format, index) => `${chain[index]} ${format}`);
    expect(new Set(pairs).size).toBe(CHECKPOINT_FORMATS.length ** 2);
  });

  test.each([
    ['whole', undefined],
    ['in shards', 3000],
  ])('odd bits, names and configuration come back after all pairs of formats, %s', async (_name, maxShardSize) => {
    await start(chain[0]!);
    let place = folder.path;
    for (const [index, format] of chain.slice(1).entries()) {
      const next = folder.join(`${index}`);
      await convert(place, next, { format, maxShardSize });
      expect([format, await digestWeights(next, architecture)]).toEqual([format, expected]);
      place = next;
    }
    const { config: final, close } = await openCheckpoint(place);
    await close();
    expect({ ...final }).toEqual({ ...config });
  });
});

test('every format that is read is among the fixtures, or written', () => {
  const formats = new Set<string>([...fixtures.map(({ format }) => format), ...CHECKPOINT_FORMATS]);
  expect([...SOURCE_FORMATS].filter((format) => !formats.has(format))).toEqual([]);
});
