import type { TakeMemory } from '../../files/memory';
import { elementCount } from '../numbers/element_count';
import { reverseAxes } from '../numbers/reverse_axes';
import type { WeightSpec } from '../weight_names';
import type { WeightSource } from '../write_job';

/**
 * A weight in PyTorch's layout: in pieces where it lies there as in TensorFlow's, else in one.
 *
 * @param take memory for a weight that must be turned, two takes for each.
 */
export async function* inPytorchLayout(
  spec: WeightSpec,
  read: WeightSource,
  take: TakeMemory,
): AsyncIterable<Float32Array> {
  if (spec.transform === 'none') {
    yield* read(spec);
    return;
  }
  const length = elementCount(spec.shape);
  const values = new Float32Array(take(4 * length).buffer, 0, length);
  let filled = 0;
  for await (const chunk of read(spec)) {
    values.set(chunk, filled);
    filled += chunk.length;
  }
  yield reverseAxes(values, spec.shape, take);
}
