import type { TakeMemory } from '../files/memory';
import type { CheckpointReader } from './checkpoint_reader';
import { elementCount } from './numbers/element_count';
import { reverseAxes } from './numbers/reverse_axes';
import { CHUNK_NUMBERS, rowChunks } from './numbers/row_chunks';
import type { PlannedWeight } from './weight_plan';

/**
 * Reads a weight whole, in TensorFlow's layout.
 *
 * @param take memory for what is read and for the result, fresh by default.
 * @throws {CheckpointError} when the file is damaged.
 */
export async function readWeight(
  reader: CheckpointReader,
  { spec, source }: PlannedWeight,
  take?: TakeMemory,
): Promise<Float32Array> {
  const values = await reader.read(source, undefined, take);
  return isReversed(reader, spec) ? reverseAxes(values, spec.pytorchShape, take) : values;
}

/**
 * Reads a weight in TensorFlow's layout piece by piece, whole rows each, so that an embedding table never lies in
 * memory at once.
 *
 * Matrices that must be transposed come in one piece; they are small beside the tables.
 *
 * @param take memory for what is read and for the pieces, two takes at most for each; fresh by default.
 * @throws {CheckpointError} when the file is damaged.
 */
export async function* readWeightChunks(
  reader: CheckpointReader,
  entry: PlannedWeight,
  take?: TakeMemory,
): AsyncGenerator<Float32Array> {
  const { spec, source } = entry;
  const length = elementCount(spec.shape);
  if (length <= CHUNK_NUMBERS || isReversed(reader, spec)) {
    yield await readWeight(reader, entry, take);
    return;
  }
  for (const rows of rowChunks(spec.shape)) yield await reader.read(source, rows, take);
}

function isReversed(reader: CheckpointReader, spec: PlannedWeight['spec']): boolean {
  return reader.layout === 'pytorch' && spec.transform !== 'none';
}
