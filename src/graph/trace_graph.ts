import * as tf from '@tensorflow/tfjs';
import { BackendError } from '../errors';
import { toDataTypeNumber } from './encode_graph';
import { GraphBuilder } from './graph_builder';
import type { Attributes, AttrValue, DataType, GraphDef, TensorValue } from './graph_def';
import { inferShapes, type TracedInfo } from './infer_shapes';

/** A function of tensors as a graph. */
export interface TracedGraph {
  readonly graph: GraphDef;
  /** Names of what is fed, in the order the function declared it. */
  readonly feeds: readonly string[];
  /** Names of what the function gives, in its order. */
  readonly outputs: readonly string[];
}

/** A setting of an operation, as tfjs-node's kernels give it. */
interface EagerAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

type TypedArray = Float32Array | Int32Array | Uint8Array;

/** The backend, as far as tfjs declares it otherwise. */
type NodeBackend = Omit<tf.KernelBackend, 'readSync'> & TracedBackend;

/** What we use of tfjs-node's backend: where all of its kernels end up. */
interface TracedBackend {
  readonly binding: Readonly<Record<string, number>>;
  readonly tensorMap: {
    get(dataId: object): { readonly shape: number[]; readonly dtype: number; readonly values: TypedArray | null };
    set(dataId: object, value: object): void;
    has(dataId: object): boolean;
  };
  executeSingleOutput(name: string, attributes: readonly EagerAttribute[], inputs: readonly tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly EagerAttribute[],
    inputs: readonly tf.Tensor[],
    count: number,
  ): tf.Tensor[];
  readSync(dataId: object): TypedArray;
}

/** A constant larger than this is a tensor that somebody forgot to feed. */
const MOST_CONSTANT_BYTES = 1 << 20;

/** The types that operations of tfjs-node name, by TensorFlow's numbers. */
const DATA_TYPE_NAMES: ReadonlyMap<unknown, DataType> = new Map(
  (['float', 'int32', 'string', 'int64', 'bool'] as const).map((name) => [toDataTypeNumber(name), name]),
);

/** Type settings that tfjs-node leaves to eager execution, which infers them; a graph must state them. */
const INFERRED_TYPES: Readonly<Record<string, string>> = { ExpandDims: 'T' };

/** What a recorded function gets its inputs from. */
export interface TraceInputs {
  /** A tensor that is fed when the graph runs: it has a shape and no values. */
  feed(info: TracedInfo): tf.Tensor;
  /** Makes a variable, which the function reads by itself, one that is fed. */
  feedVariable(variable: tf.Variable): void;
  /** A tensor equal to `x` that is there only once `trigger` is: a graph has no order but that of its edges. */
  after<T extends tf.Tensor>(x: T, trigger: tf.Tensor): T;
}

/**
 * Records what a function does, without computing anything: every kernel of the backend `tensorflow` ends in an operation
 * of TensorFlow, which becomes a node, and its result a tensor with a shape and no values.
 *
 * Gradients and optimizers are recorded like everything else. Tensors the function makes from numbers, and others that
 * exist already, become constants.
 *
 * @param fn declares its inputs and gives tensors. It must not read values of a tensor back, nor take turns that depend on
 *   them, nor draw random numbers in JavaScript: all of that would be settled once for ever.
 * @throws {BackendError} when the function does what cannot be recorded.
 */
export function traceGraph(fn: (inputs: TraceInputs) => readonly tf.Tensor[]): TracedGraph {
  return new Trace(tf.backend() as unknown as NodeBackend).run(fn);
}

/** A tensor of the graph. */
interface TracedTensor {
  readonly reference: string;
  readonly shape: readonly number[];
}

class Trace implements TraceInputs {
  readonly builder = new GraphBuilder();
  readonly #backend: NodeBackend;
  readonly #known = new Map<object, TracedTensor>();
  readonly #constants = new Map<string, string>();
  readonly #feeds: string[] = [];
  readonly #realData = new Map<tf.Variable, tf.Tensor['dataId']>();

  constructor(backend: NodeBackend) {
    this.#backend = backend;
  }

  feed({ shape, dtype }: TracedInfo): tf.Tensor {
    const name = `feed_${this.#feeds.length}`;
    this.#feeds.push(name);
    return this.#virtualTensor(this.builder.placeholder(name, toDataType(dtype), shape), [...shape], dtype);
  }

  feedVariable(variable: tf.Variable): void {
    this.#realData.set(variable, variable.dataId);
    // Whoever reads the variable now reads the tensor without values.
    variable.dataId = this.feed(variable).dataId;
  }

  after<T extends tf.Tensor>(x: T, trigger: tf.Tensor): T {
    const [node] = this.#reference(trigger).split(':');
    const reference = this.builder.op('Identity', [this.#reference(x), `^${node}`], typeAttribute(x));
    return this.#virtualTensor(reference, x.shape, x.dtype) as T;
  }

  /** Runs the function with the backend's operations replaced. */
  run(fn: (inputs: TraceInputs) => readonly tf.Tensor[]): TracedGraph {
    const backend = this.#backend;
    const { executeSingleOutput, executeMultipleOutputs, readSync } = backend;
    Object.assign(backend, {
      executeSingleOutput: (op: string, attributes: readonly EagerAttribute[], inputs: readonly tf.Tensor[]) =>
        this.#operation(op, attributes, inputs)[0]!,
      executeMultipleOutputs: (op: string, attributes: readonly EagerAttribute[], inputs: readonly tf.Tensor[]) =>
        this.#operation(op, attributes, inputs),
      readSync: (dataId: object) => this.#read(dataId, readSync),
    });
    const outputs: string[] = [];
    try {
      tf.tidy(() => {
        // A result that is fed would have no node of its own to be fetched from.
        for (const tensor of fn(this)) {
          outputs.push(this.builder.op('Identity', [this.#reference(tensor)], typeAttribute(tensor)));
        }
      });
    } finally {
      Object.assign(backend, { executeSingleOutput, executeMultipleOutputs, readSync });
      for (const [variable, dataId] of this.#realData) variable.dataId = dataId;
    }
    return { graph: { nodes: this.builder.nodes, functions: [] }, feeds: this.#feeds, outputs };
  }

  #operation(op: string, eager: readonly EagerAttribute[], inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const attributes = this.#attributes(op, eager, inputs);
    const constant = (index: number) => [...this.#backend.readSync(inputs[index]!.dataId)];
    const outputs = inferShapes({ op, attributes, inputs, constant });
    if (outputs === undefined) {
      throw cannotRecord(`the operation ${op} is not known to the recorder`, op);
    }
    const first = this.builder.op(
      op,
      inputs.map((input) => this.#reference(input)),
      attributes,
    );
    return outputs.map(({ shape, dtype }, index) => {
      const reference = index === 0 ? first : this.builder.output(first, index);
      return this.#virtualTensor(reference, [...shape], dtype);
    });
  }

  /** A tensor without values, which TensorFlow never sees. */
  #virtualTensor(reference: string, shape: number[], dtype: tf.DataType): tf.Tensor {
    const dataId = {};
    this.#known.set(dataId, { reference, shape });
    const type = toDataTypeNumber(toDataType(dtype));
    this.#backend.tensorMap.set(dataId, { shape, dtype: type, id: -1, values: null, refCount: 1 });
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype }) as tf.Tensor;
  }

  #reference(tensor: tf.Tensor): string {
    const known = this.#known.get(tensor.dataId);
    if (known === undefined) return this.#constant(tensor);
    if (tf.util.arraysEqual([...known.shape], tensor.shape)) return known.reference;
    // Another view of the same data.
    return this.builder.op('Reshape', [known.reference, this.builder.int(tensor.shape)], {
      ...typeAttribute(tensor),
      Tshape: { type: 'int32' },
    });
  }

  #constant(tensor: tf.Tensor): string {
    if (tensor.size * 4 > MOST_CONSTANT_BYTES) {
      throw cannotRecord(`a tensor of shape [${tensor.shape}] is neither fed nor computed`, `[${tensor.shape}]`);
    }
    const value = toTensorValue(tensor, this.#backend.readSync(tensor.dataId));
    const key = `${value.dtype} ${value.shape} ${value.values}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const made = this.builder.constant(value);
    this.#constants.set(key, made);
    return made;
  }

  #read(dataId: object, readSync: TracedBackend['readSync']): TypedArray {
    if (this.#known.has(dataId)) {
      throw cannotRecord('it reads the values of a tensor back while it runs', 'readSync');
    }
    return readSync.call(this.#backend, dataId);
  }

  #attributes(op: string, eager: readonly EagerAttribute[], inputs: readonly tf.Tensor[]): Attributes {
    const given = eager.map((attribute) => [attribute.name, this.#attribute(op, attribute)] as const);
    const inferred = INFERRED_TYPES[op];
    const all = inferred === undefined ? given : [...given, [inferred, typeAttribute(inputs[0]!).T] as const];
    return Object.fromEntries(all);
  }

  #attribute(op: string, { type, value }: EagerAttribute): AttrValue {
    const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_STRING } = this.#backend.binding;
    if (type === TF_ATTR_TYPE && DATA_TYPE_NAMES.has(value)) return { type: DATA_TYPE_NAMES.get(value)! };
    if (type === TF_ATTR_BOOL) return { bool: Boolean(value) };
    if (type === TF_ATTR_INT && typeof value === 'number') return { int: value };
    if (type === TF_ATTR_FLOAT && typeof value === 'number') return { float: value };
    if (type === TF_ATTR_STRING && typeof value === 'string') return { text: value };
    throw cannotRecord(`the operation ${op} has a setting of a kind unknown to the recorder`, op);
  }
}

function cannotRecord(reason: string, received: string): BackendError {
  return new BackendError(`A function must be recorded as a graph and cannot, since ${reason}; run it as it is.`, {
    path: 'tensorflow',
    received,
  });
}

function typeAttribute({ dtype }: tf.Tensor): { T: AttrValue } {
  return { T: { type: toDataType(dtype) } };
}

function toDataType(dtype: tf.DataType): DataType {
  if (dtype === 'float32') return 'float';
  if (dtype === 'int32' || dtype === 'bool') return dtype;
  throw cannotRecord(`it has a tensor of type ${dtype}`, dtype);
}

function toTensorValue({ dtype, shape }: tf.Tensor, values: TypedArray): TensorValue {
  if (dtype === 'float32') return { dtype: 'float', shape, values: Float32Array.from(values) };
  if (dtype === 'int32') return { dtype, shape, values: Int32Array.from(values) };
  if (dtype === 'bool') return { dtype, shape, values: Uint8Array.from(values) };
  throw cannotRecord(`it has a constant of type ${dtype}`, dtype);
}
