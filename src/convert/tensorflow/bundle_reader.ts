import { ARCHITECTURES } from '../../config/architecture';
import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { CheckpointError } from '../../errors';
import type { BundleEntry, TensorBundle } from '../../tensor_bundle/tensor_bundle';
import { OBJECT_GRAPH_KEY, VARIABLE_VALUE } from '../../tensor_bundle/variable_names';
import type { CheckpointReader, SourceFormat, TensorInfo } from '../checkpoint_reader';
import { decodeNumbers, isNumberType, NUMBER_SIZES, requireNumberType } from '../numbers/decode_numbers';
import { elementCount } from '../numbers/element_count';
import { tensorRange } from '../tensor_range';
import { canonicalName, weightSpecs } from '../weight_names';
import { objectGraphKey } from './object_graph_key';
import { trainingStateIn } from './training_state';

/** TensorFlow's names of number types where this package has others. */
const TYPE_NAMES: Readonly<Record<string, string>> = { float: 'float32', double: 'float64', half: 'float16' };

/** Steps from a model to the deepest of its weights, such as `deberta/encoder/layer/0/attention/self/query_proj/kernel`. */
const LONGEST_WAY = 8;

/** Tables that `exportSavedModel` computes from weights. */
const COMPUTED = /\/attention\/self\/position_(keys|queries)$/;

/**
 * Reads the weights in a checkpoint of TensorFlow's format V2; what only training needs is left out.
 *
 * A tensor goes by its key in the file, without the ending that checkpoints of objects give each. What weight it is
 * tells the name of its variable; where that is not known, the way to it through the objects, whatever stands before
 * it.
 *
 * @param names of variables by the keys of their tensors, where the file tells them.
 * @param config tells whether `embeddings/embeddings` is the table of positions or that of token types.
 * @throws {CheckpointError} when a tensor's size does not fit its shape, or there are two of a weight.
 */
export function bundleReader(
  bundle: TensorBundle,
  format: SourceFormat,
  names: ReadonlyMap<string, string>,
  config: DebertaV2Config,
): CheckpointReader {
  const { path } = bundle;
  const tensors = new Map<string, TensorInfo>();
  const keys = new Map<string, string>();
  const isTrainingState = trainingStateIn([...bundle.entries.keys()].map(withoutEnding));
  const wayNames = weightsByWay(config);
  for (const [key, entry] of bundle.entries) {
    const name = withoutEnding(key);
    if (key === OBJECT_GRAPH_KEY || name.includes('/.ATTRIBUTES/') || COMPUTED.test(name)) continue;
    if (isTrainingState(name)) continue;
    const knownAs = nameOfVariable(names.get(key)) ?? (name === key ? undefined : nameOfWay(name, wayNames));
    tensors.set(name, { ...describe(path, key, entry), ...(knownAs !== undefined && { knownAs }) });
    keys.set(name, key);
  }
  refuseTwins(path, tensors);
  return {
    format,
    layout: 'tf',
    tensors,
    async read(name, rows, take) {
      const { start, length } = tensorRange(path, tensors, name, rows);
      const type = requireNumberType(path, name, tensors.get(name)!.dtype);
      const size = NUMBER_SIZES[type];
      return decodeNumbers(await bundle.read(keys.get(name)!, start * size, length * size, take), type);
    },
    close: () => bundle.close(),
  };
}

function withoutEnding(key: string): string {
  return key.endsWith(VARIABLE_VALUE) ? key.slice(0, -VARIABLE_VALUE.length) : key;
}

function nameOfVariable(name: string | undefined): string | undefined {
  return name !== undefined && canonicalName(name) !== name ? name : undefined;
}

/** The weight at the end of a way through objects: a model may lie in another object. */
function nameOfWay(way: string, names: ReadonlyMap<string, string>): string | undefined {
  const steps = way.split('/').slice(-LONGEST_WAY);
  for (let start = 0; start < steps.length; start++) {
    const name = names.get(steps.slice(start).join('/'));
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The weights of every model of a configuration by their ways, from a model and from the encoder in it. */
function weightsByWay(config: DebertaV2Config): ReadonlyMap<string, string> {
  const specs = ARCHITECTURES.flatMap((architecture) => weightSpecs(config, architecture));
  const ways = specs.map(({ tfName }) => [objectGraphKey(tfName, config), tfName] as const);
  return new Map([...ways.map(([way, name]) => [way.replace(/^deberta\//, ''), name] as const), ...ways]);
}

function describe(path: string, key: string, { dtype, shape, size, isPartitioned }: BundleEntry): TensorInfo {
  const type = TYPE_NAMES[dtype] ?? dtype;
  const expected = isNumberType(type) ? elementCount(shape) * NUMBER_SIZES[type] : size;
  if (size !== expected && !isPartitioned) {
    throw new CheckpointError(
      `Tensor ${key} in ${path} must have ${expected} bytes for ${type} numbers of shape [${shape}], received ${size}; get the file again.`,
      { path, expected, received: size },
    );
  }
  return { dtype: type, shape };
}

/** A checkpoint may hold a model and another that is its moving average: which is meant, nobody can tell. */
function refuseTwins(path: string, tensors: ReadonlyMap<string, TensorInfo>): void {
  const owners = new Map<string, string>();
  for (const [name, { knownAs }] of tensors) {
    const weight = canonicalName(knownAs ?? name);
    const twin = owners.get(weight);
    if (twin !== undefined) {
      throw new CheckpointError(
        `${path} must hold one model and holds the weight ${weight} twice, as ${twin} and as ${name}; save one model alone.`,
        { path, received: [twin, name] },
      );
    }
    owners.set(weight, name);
  }
}
