import type { Attributes, DataType, FunctionDef, GraphShape, NodeDef, TensorValue } from './graph_def';

/** The name an operation's outputs have inside a function, where it is not `output`. */
const OUTPUT_NAMES: Readonly<Record<string, string>> = {
  AddV2: 'z',
  Cast: 'y',
  Erf: 'y',
  MatMul: 'product',
  Maximum: 'z',
  Minimum: 'z',
  Mul: 'z',
  ReadVariableOp: 'value',
  Relu: 'activations',
  Rsqrt: 'y',
  Sigmoid: 'y',
  Softmax: 'softmax',
  Softplus: 'activations',
  Square: 'y',
  Sub: 'z',
  Tanh: 'y',
  Transpose: 'y',
};

/**
 * Collects the nodes of a TensorFlow graph, or of a function of one, naming them as they come.
 *
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.placeholder('x', 'float', [-1, 2]);
 * graph.op('Relu', [x], { T: { type: 'float' } }, 'y');
 */
export class GraphBuilder {
  readonly nodes: NodeDef[] = [];
  readonly #constants = new Map<string, string>();
  readonly #scope: 'graph' | 'function';

  constructor(scope: 'graph' | 'function' = 'graph') {
    this.#scope = scope;
  }

  /**
   * Adds a node.
   *
   * @param inputs what it reads: results of this method, or names of a function's inputs.
   * @param name taken instead of a numbered one.
   * @returns a reference to its first output.
   */
  op(op: string, inputs: readonly string[], attributes: Attributes = {}, name = `${op}_${this.nodes.length}`): string {
    this.nodes.push({ name, op, inputs, attributes });
    return this.#scope === 'function' ? `${name}:${OUTPUT_NAMES[op] ?? 'output'}:0` : name;
  }

  /** Another output of a node than the first, from a reference to the first. */
  output(first: string, index: number): string {
    return this.#scope === 'function' ? first.replace(/:0$/, `:${index}`) : `${first}:${index}`;
  }

  /** What is fed when the graph runs. */
  placeholder(name: string, dtype: DataType, shape: GraphShape): string {
    return this.op('Placeholder', [], { dtype: { type: dtype }, shape: { shape } }, name);
  }

  /** An int32 constant, one node for equal ones: a scalar for a number, a vector for a list. */
  int(values: number | readonly number[]): string {
    const shape = typeof values === 'number' ? [] : [values.length];
    const flat = Int32Array.from(typeof values === 'number' ? [values] : values);
    return this.#constant(`int32 ${shape} ${flat}`, { dtype: 'int32', shape, values: flat });
  }

  /** A float32 scalar, one node for equal ones. */
  float(value: number): string {
    return this.#constant(`float ${value}`, { dtype: 'float', shape: [], values: Float32Array.of(value) });
  }

  /** Any constant; the caller keeps equal ones from being added twice. */
  constant(tensor: TensorValue): string {
    return this.op('Const', [], { dtype: { type: tensor.dtype }, value: { tensor } });
  }

  #constant(key: string, tensor: TensorValue): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const made = this.constant(tensor);
    this.#constants.set(key, made);
    return made;
  }

  /**
   * The nodes as a function.
   *
   * @param outputs which of their outputs it gives.
   */
  toFunction(
    name: string,
    inputs: FunctionDef['inputs'],
    outputs: FunctionDef['outputs'],
    attributes: Attributes = {},
  ): FunctionDef {
    return { name, inputs, outputs, nodes: this.nodes, attributes };
  }
}
