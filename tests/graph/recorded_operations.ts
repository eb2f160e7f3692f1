import * as tf from '@tensorflow/tfjs';
import { dropout } from '../../src/ops/dropout';
import { randomTensor } from '../harness';

/** A function of tensors, and the operation of TensorFlow that tfjs makes of it. */
export interface RecordedOperation {
  readonly op: string;
  readonly about?: string;
  readonly inputs: () => tf.Tensor[];
  readonly fn: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
}

const float = (...shape: number[]) => randomTensor<tf.Rank>(shape as [number]);
const positive = (...shape: number[]) => tf.add(tf.abs(float(...shape)), 0.5);
const ints = (...values: number[]) => tf.tensor1d(values, 'int32');
const bools = () => tf.tensor1d([true, false, true], 'bool');

const UNARY: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  Abs: tf.abs,
  Ceil: tf.ceil,
  Cos: tf.cos,
  Elu: tf.elu,
  Erf: tf.erf,
  Exp: tf.exp,
  Expm1: tf.expm1,
  Floor: tf.floor,
  IsFinite: tf.isFinite,
  IsInf: tf.isInf,
  IsNan: tf.isNaN,
  LeakyRelu: (x) => tf.leakyRelu(x, 0.1),
  Log: tf.log,
  Log1p: tf.log1p,
  Neg: tf.neg,
  OnesLike: tf.onesLike,
  Reciprocal: tf.reciprocal,
  Relu: tf.relu,
  Relu6: tf.relu6,
  Round: tf.round,
  Rsqrt: tf.rsqrt,
  Selu: tf.selu,
  Sigmoid: tf.sigmoid,
  Sign: tf.sign,
  Sin: tf.sin,
  Softmax: (x) => tf.softmax(x),
  Softplus: tf.softplus,
  Sqrt: tf.sqrt,
  Square: tf.square,
  Tanh: tf.tanh,
  ZerosLike: tf.zerosLike,
  Identity: tf.clone,
};

const BINARY: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  Add: tf.add,
  Equal: tf.equal,
  FloorDiv: tf.floorDiv,
  FloorMod: tf.mod,
  Greater: tf.greater,
  GreaterEqual: tf.greaterEqual,
  Less: tf.less,
  LessEqual: tf.lessEqual,
  Maximum: tf.maximum,
  Minimum: tf.minimum,
  Mul: tf.mul,
  NotEqual: tf.notEqual,
  Pow: tf.pow,
  RealDiv: tf.div,
  SquaredDifference: tf.squaredDifference,
  Sub: tf.sub,
};

type Reduce = (x: tf.Tensor, axes?: number | number[], keepDims?: boolean) => tf.Tensor;
const REDUCTIONS: Readonly<Record<string, Reduce>> = {
  Max: tf.max,
  Mean: tf.mean,
  Min: tf.min,
  Prod: tf.prod,
  Sum: tf.sum,
};

/** One or more of every rule of `inferShapes`. */
export const RECORDED_OPERATIONS: readonly RecordedOperation[] = [
  ...Object.entries(UNARY).map(([op, fn]) => ({ op, inputs: () => [positive(2, 3)], fn })),
  ...Object.entries(BINARY).flatMap(([op, fn]) => [
    { op, inputs: () => [positive(2, 1, 3), positive(4, 1)], fn },
    { op, about: 'and a scalar', inputs: () => [positive(), positive(2, 3)], fn },
  ]),
  ...Object.entries(REDUCTIONS).flatMap(([op, fn]) => [
    { op, about: 'over all', inputs: () => [float(2, 3)], fn: (x: tf.Tensor) => fn(x) },
    { op, about: 'over the last', inputs: () => [float(2, 3, 4)], fn: (x: tf.Tensor) => fn(x, -1) },
    { op, about: 'over two, kept', inputs: () => [float(2, 3, 4)], fn: (x: tf.Tensor) => fn(x, [0, 2], true) },
  ]),
  { op: 'All', inputs: () => [bools()], fn: (x) => tf.all(x) },
  { op: 'Any', inputs: () => [bools()], fn: (x) => tf.any(x, 0, true) },
  { op: 'LogicalNot', inputs: () => [bools()], fn: (x) => tf.logicalNot(x) },
  { op: 'LogicalAnd', inputs: () => [bools(), bools()], fn: (a, b) => tf.logicalAnd(a, b) },
  { op: 'LogicalOr', inputs: () => [bools(), bools()], fn: (a, b) => tf.logicalOr(a, b) },
  { op: 'AddN', inputs: () => [float(2, 3), float(2, 3)], fn: (a, b) => tf.addN([a, b]) },
  { op: 'ArgMax', inputs: () => [float(2, 3, 4)], fn: (x) => tf.argMax(x, 1) },
  { op: 'ArgMax', about: 'of the last axis', inputs: () => [float(2, 3)], fn: (x) => tf.argMax(x, -1) },
  { op: 'BatchMatMulV2', inputs: () => [float(2, 3), float(3, 4)], fn: (a, b) => tf.matMul(a, b) },
  {
    op: 'BatchMatMulV2',
    about: 'transposed, broadcast',
    inputs: () => [float(1, 3, 2), float(5, 4, 3)],
    fn: (a, b) => tf.matMul(a, b, true, true),
  },
  { op: 'Cast', about: 'to integers', inputs: () => [float(2)], fn: (x) => tf.cast(x, 'int32') },
  { op: 'Cast', about: 'of truth', inputs: () => [bools()], fn: (x) => tf.cast(x, 'float32') },
  { op: 'ConcatV2', inputs: () => [float(1, 3), float(2, 3)], fn: (a, b) => tf.concat([a, b]) },
  {
    op: 'ConcatV2',
    about: 'of the last axis',
    inputs: () => [float(2, 3), float(2, 1)],
    fn: (a, b) => tf.concat([a, b], -1),
  },
  { op: 'Cumsum', inputs: () => [float(2, 3)], fn: (x) => tf.cumsum(x, 1, true) },
  { op: 'ExpandDims', inputs: () => [float(2, 3)], fn: (x) => tf.expandDims(x, 1) },
  { op: 'ExpandDims', about: 'at the end', inputs: () => [float(2, 3)], fn: (x) => tf.expandDims(x, -1) },
  { op: 'Fill', inputs: () => [float(2)], fn: (x) => tf.mul(tf.fill([3, 2], 7), x) },
  { op: 'GatherNd', inputs: () => [float(3, 4)], fn: (x) => tf.gatherND(x, tf.tensor2d([[1], [2]], [2, 1], 'int32')) },
  { op: 'GatherV2', inputs: () => [float(3, 4)], fn: (x) => tf.gather(x, ints(3, 0, 3), 1) },
  {
    op: 'GatherV2',
    about: 'with rows of its own for each example',
    inputs: () => [float(2, 3, 4)],
    fn: (x) => tf.gather(x, tf.tensor2d([[2], [0]], [2, 1], 'int32'), 1, 1),
  },
  { op: 'OneHot', inputs: () => [ints(1, 0, 3)], fn: (x) => tf.oneHot(tf.cast(x, 'int32'), 4) },
  { op: 'Pack', inputs: () => [float(2, 3), float(2, 3)], fn: (a, b) => tf.stack([a, b], 1) },
  {
    op: 'PadV2',
    inputs: () => [float(2, 3)],
    fn: (x) =>
      tf.pad(
        x,
        [
          [0, 0],
          [1, 2],
        ],
        5,
      ),
  },
  { op: 'Range', inputs: () => [float(3)], fn: (x) => tf.mul(x, tf.range(0, 6, 2)) },
  { op: 'Reshape', inputs: () => [float(2, 6)], fn: (x) => tf.neg(tf.reshape(x, [3, -1])) },
  {
    op: 'ScatterNd',
    inputs: () => [float(2)],
    fn: (x) => tf.scatterND(tf.tensor2d([[1], [3]], [2, 1], 'int32'), x, [5]),
  },
  { op: 'Select', inputs: () => [bools(), float(2, 3), float(3)], fn: (c, a, b) => tf.where(c, a, b) },
  { op: 'Slice', inputs: () => [float(3, 4)], fn: (x) => tf.slice(x, [1, 0], [2, 3]) },
  { op: 'Slice', about: 'to the end', inputs: () => [float(3, 4)], fn: (x) => tf.slice(x, [1, 2], -1) },
  { op: 'SplitV', inputs: () => [float(2, 6)], fn: (x) => tf.split(x, [1, 3, 2], 1) },
  { op: 'SplitV', about: 'of the last axis', inputs: () => [float(2, 6)], fn: (x) => tf.split(x, 2, -1) },
  {
    op: 'StatelessRandomUniform',
    inputs: () => [float(2, 3)],
    fn: (x) => dropout(x, 0.5, 7),
  },
  { op: 'Tile', inputs: () => [float(2, 3)], fn: (x) => tf.tile(x, [2, 1]) },
  { op: 'Transpose', inputs: () => [float(2, 3, 4)], fn: (x) => tf.transpose(x, [2, 0, 1]) },
  { op: 'Unpack', inputs: () => [float(2, 3)], fn: (x) => tf.unstack(x, 1) },
];
