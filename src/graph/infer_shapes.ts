import * as tf from '@tensorflow/tfjs';
import type { Attributes } from './graph_def';

/** Shape and type of a tensor of a graph. */
export interface TracedInfo {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

/** An operation whose outputs are to be known before it runs. */
export interface TracedOperation {
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly TracedInfo[];
  /** Values of an input that is a constant: axes, shapes. */
  constant(index: number): number[];
}

type Rule = (operation: TracedOperation) => TracedInfo[];

/** The shapes and types an operation of TensorFlow gives; undefined for one we do not know. */
export function inferShapes(operation: TracedOperation): TracedInfo[] | undefined {
  return RULES.get(operation.op)?.(operation);
}

const like: Rule = ({ inputs: [x] }) => [x!];

const ofType =
  (dtype: tf.DataType): Rule =>
  ({ inputs: [x] }) => [{ shape: x!.shape, dtype }];

/** Elementwise on two tensors that are broadcast against each other. */
const broadcast =
  (dtype?: tf.DataType): Rule =>
  ({ inputs: [a, b] }) => [{ shape: broadcastShape(a!.shape, b!.shape), dtype: dtype ?? a!.dtype }];

const reduction =
  (dtype?: tf.DataType): Rule =>
  ({ inputs: [x], attributes, constant }) => {
    const axes = new Set(constant(1).map((axis) => fromStart(axis, x!.shape.length)));
    const keepsAxes = boolean(attributes, 'keep_dims');
    const shape = x!.shape.flatMap((size, axis) => (axes.has(axis) ? (keepsAxes ? [1] : []) : [size]));
    return [{ shape, dtype: dtype ?? x!.dtype }];
  };

const product: Rule = ({ inputs: [a, b], attributes }) => {
  const rows = a!.shape.at(boolean(attributes, 'adj_x') ? -1 : -2)!;
  const columns = b!.shape.at(boolean(attributes, 'adj_y') ? -2 : -1)!;
  const batch = broadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
  return [{ shape: [...batch, rows, columns], dtype: a!.dtype }];
};

const SAME = [
  'Abs Ceil Cos Cumsum Elu Erf Exp Expm1 Floor Identity LeakyRelu Log Log1p LogicalNot Neg OnesLike Reciprocal',
  'Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Softmax Softplus Sqrt Square Tanh ZerosLike',
];
const BROADCAST = 'Add FloorDiv FloorMod Maximum Minimum Mul Pow RealDiv SquaredDifference Sub';
const COMPARISON = 'Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr NotEqual';
const REDUCTION = 'Max Mean Min Prod Sum';

const names = (list: string) => list.split(' ');

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...names(SAME.join(' ')).map((op) => [op, like] as const),
  ...names(BROADCAST).map((op) => [op, broadcast()] as const),
  ...names(COMPARISON).map((op) => [op, broadcast('bool')] as const),
  ...names(REDUCTION).map((op) => [op, reduction()] as const),
  ...names('All Any').map((op) => [op, reduction('bool')] as const),
  ...names('IsFinite IsInf IsNan').map((op) => [op, ofType('bool')] as const),
  ['AddN', like],
  ['ArgMax', ({ inputs: [x], constant }) => [{ shape: without(x!.shape, constant(1)[0]!), dtype: 'int32' }]],
  ['BatchMatMulV2', product],
  ['Cast', ({ inputs: [x], attributes }) => [{ shape: x!.shape, dtype: typeOf(attributes, 'DstT') }]],
  [
    'ConcatV2',
    ({ inputs, constant }) => {
      const parts = inputs.slice(0, -1);
      const axis = fromStart(constant(inputs.length - 1)[0]!, parts[0]!.shape.length);
      const shape = [...parts[0]!.shape];
      shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
      return [{ shape, dtype: parts[0]!.dtype }];
    },
  ],
  [
    'ExpandDims',
    ({ inputs: [x], constant }) => {
      const at = fromStart(constant(1)[0]!, x!.shape.length + 1);
      return [{ shape: spliced(x!.shape, at, 0, 1), dtype: x!.dtype }];
    },
  ],
  ['Fill', ({ inputs: [, value], constant }) => [{ shape: constant(0), dtype: value!.dtype }]],
  [
    'GatherNd',
    ({ inputs: [x, indices] }) => {
      const depth = indices!.shape.at(-1)!;
      return [{ shape: [...indices!.shape.slice(0, -1), ...x!.shape.slice(depth)], dtype: x!.dtype }];
    },
  ],
  [
    'GatherV2',
    ({ inputs: [x, indices], attributes, constant }) => {
      const [axis, shared] = [constant(2)[0]!, integer(attributes, 'batch_dims')];
      return [{ shape: spliced(x!.shape, axis, 1, ...indices!.shape.slice(shared)), dtype: x!.dtype }];
    },
  ],
  ['OneHot', ({ inputs: [x, , on], constant }) => [{ shape: [...x!.shape, constant(1)[0]!], dtype: on!.dtype }]],
  [
    'Pack',
    ({ inputs, attributes }) => {
      const [first] = inputs;
      const at = fromStart(integer(attributes, 'axis'), first!.shape.length + 1);
      return [{ shape: spliced(first!.shape, at, 0, inputs.length), dtype: first!.dtype }];
    },
  ],
  [
    'PadV2',
    ({ inputs: [x], constant }) => {
      const paddings = constant(1);
      return [{ ...x!, shape: x!.shape.map((size, axis) => size + paddings[2 * axis]! + paddings[2 * axis + 1]!) }];
    },
  ],
  [
    'Range',
    ({ inputs: [start], constant }) => {
      const [from, to, step] = [constant(0)[0]!, constant(1)[0]!, constant(2)[0]!];
      return [{ shape: [Math.max(0, Math.ceil((to - from) / step))], dtype: start!.dtype }];
    },
  ],
  [
    'Reshape',
    ({ inputs: [x], constant }) => [
      { shape: tf.util.inferFromImplicitShape(constant(1), tf.util.sizeFromShape([...x!.shape])), dtype: x!.dtype },
    ],
  ],
  ['ScatterNd', ({ inputs: [, updates], constant }) => [{ shape: constant(2), dtype: updates!.dtype }]],
  ['Select', ({ inputs: [, x] }) => [x!]],
  [
    'Slice',
    ({ inputs: [x], constant }) => {
      const begin = constant(1);
      return [{ ...x!, shape: constant(2).map((size, axis) => (size < 0 ? x!.shape[axis]! - begin[axis]! : size)) }];
    },
  ],
  [
    'SplitV',
    ({ inputs: [x], constant }) => {
      const axis = fromStart(constant(2)[0]!, x!.shape.length);
      return constant(1).map((size) => ({ ...x!, shape: spliced(x!.shape, axis, 1, size) }));
    },
  ],
  [
    'StatelessRandomUniform',
    ({ attributes, constant }) => [{ shape: constant(0), dtype: typeOf(attributes, 'dtype') }],
  ],
  [
    'Tile',
    ({ inputs: [x], constant }) => [{ ...x!, shape: constant(1).map((times, axis) => times * x!.shape[axis]!) }],
  ],
  ['Transpose', ({ inputs: [x], constant }) => [{ ...x!, shape: constant(1).map((axis) => x!.shape[axis]!) }]],
  [
    'Unpack',
    ({ inputs: [x], attributes }) => {
      const shape = without(x!.shape, integer(attributes, 'axis'));
      return Array.from({ length: integer(attributes, 'num') }, () => ({ shape, dtype: x!.dtype }));
    },
  ],
]);

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  return tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
}

function without(shape: readonly number[], axis: number): number[] {
  return spliced(shape, fromStart(axis, shape.length), 1);
}

/** An axis counted from the start. */
function fromStart(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The shape with axes from `at` on replaced. */
function spliced(shape: readonly number[], at: number, removed: number, ...added: number[]): number[] {
  return [...shape.slice(0, at), ...added, ...shape.slice(at + removed)];
}

function boolean(attributes: Attributes, name: string): boolean {
  const value = attributes[name];
  return value !== undefined && 'bool' in value && value.bool;
}

function integer(attributes: Attributes, name: string): number {
  const value = attributes[name];
  return value !== undefined && 'int' in value ? value.int : 0;
}

function typeOf(attributes: Attributes, name: string): tf.DataType {
  const value = attributes[name];
  const type = value !== undefined && 'type' in value ? value.type : 'float';
  return type === 'float' ? 'float32' : (type as tf.DataType);
}
