import { GraphBuilder } from '../graph/graph_builder';
import type { DataType, FunctionDef, GraphDef, GraphShape } from '../graph/graph_def';
import { emitProgram, type MaskKind, type ProgramSources } from './emit_program';
import type { PositionTable, Program, WeightName } from './program';

/** What is fed to an inference graph beside its inputs: a weight of the model, or a projected table. */
export type WeightSource =
  | { readonly kind: 'weight'; readonly name: WeightName }
  | { readonly kind: 'table'; readonly name: string; readonly table: PositionTable };

/** Names of the inputs an inference graph can take. */
export type InputFeed = 'input_ids' | 'attention_mask' | 'token_type_ids' | 'descending_rows' | 'ascending_rows';

/** A program as a graph that a session can run. */
export interface InferenceGraph {
  readonly graph: GraphDef;
  /** The inputs it takes, in the order they are fed. */
  readonly inputs: readonly InputFeed[];
  /** The weights it takes, fed behind the inputs or assigned once. */
  readonly weights: readonly WeightSource[];
  /** The tensors that are its results. */
  readonly outputs: readonly string[];
  /** Names of the placeholders to assign variables from, in the order of `weights`; and what running it gives. */
  readonly assignment?: { readonly feeds: readonly string[]; readonly done: string };
}

/** How {@link buildInferenceGraph} builds. */
export interface InferenceGraphOptions {
  readonly maskKind: MaskKind;
  /** Whether TensorFlow compiles the program for each shape (XLA), or runs its nodes one by one. */
  readonly isCompiled: boolean;
  /** `fed` takes the weights with every run; `variables` keeps them in the session. */
  readonly weights: 'fed' | 'variables';
  /** Shape of a weight. */
  readonly shapeOf: (source: WeightSource) => GraphShape;
}

const FLOAT = { T: { type: 'float' } } as const;

/** What every input of the graph is, by its name. */
const INPUTS: Readonly<Record<InputFeed, { readonly dtype: DataType; readonly shape: GraphShape }>> = {
  input_ids: { dtype: 'int32', shape: [-1, -1] },
  attention_mask: { dtype: 'float', shape: [-1, -1] },
  token_type_ids: { dtype: 'int32', shape: [-1, -1] },
  descending_rows: { dtype: 'int32', shape: [-1] },
  ascending_rows: { dtype: 'int32', shape: [-1] },
};

/**
 * Writes a program as a graph for inference sessions: batch and length open, no weights inside.
 *
 * Compiled, the program is a function and the graph one call of it, marked for XLA; such a call runs the function's
 * nodes as they are while its compilation for a shape goes on in the background.
 */
export function buildInferenceGraph(program: Program, options: InferenceGraphOptions): InferenceGraph {
  const graph = new GraphBuilder();
  const inputs = inputsOf(program, options.maskKind);
  const weights = new WeightNodes(graph, options);
  const references = new Map<string, string>(inputs.map((name) => [name, placeholder(graph, name, options.maskKind)]));
  const results = options.isCompiled
    ? callCompiled(graph, program, options, references, weights)
    : { functions: [], outputs: emitProgram(graph, program, sourcesOf(references, options.maskKind, weights)) };
  const outputs = results.outputs.map((from, index) => `${graph.op('Identity', [from], FLOAT, `result_${index}`)}:0`);
  const assignment = options.weights === 'variables' ? weights.assignment() : undefined;
  return {
    graph: { nodes: graph.nodes, functions: results.functions },
    inputs,
    weights: weights.sources,
    outputs,
    ...(assignment === undefined ? {} : { assignment }),
  };
}

function inputsOf(program: Program, maskKind: MaskKind): InputFeed[] {
  return [
    'input_ids',
    ...(maskKind === 'none' ? [] : (['attention_mask'] as const)),
    ...(program.usesTokenTypes ? (['token_type_ids'] as const) : []),
    ...(program.relative === undefined ? [] : (['descending_rows', 'ascending_rows'] as const)),
  ];
}

function placeholder(graph: GraphBuilder, name: InputFeed, maskKind: MaskKind): string {
  const { dtype, shape } = INPUTS[name];
  return graph.placeholder(name, dtype, name === 'attention_mask' && maskKind === 'pairs' ? [-1, 1, -1, -1] : shape);
}

/** Finds a reference to a weight's value. */
interface WeightReferences {
  reference(source: WeightSource): string;
}

function sourcesOf(inputs: ReadonlyMap<string, string>, maskKind: MaskKind, weights: WeightReferences): ProgramSources {
  return {
    inputIds: inputs.get('input_ids')!,
    maskKind,
    attentionMask: inputs.get('attention_mask'),
    tokenTypeIds: inputs.get('token_type_ids'),
    descendingRows: inputs.get('descending_rows'),
    ascendingRows: inputs.get('ascending_rows'),
    weight: (name) => weights.reference({ kind: 'weight', name }),
    positionTable: (table) => weights.reference({ kind: 'table', name: table.name, table }),
  };
}

/** Makes a node for each weight the program asks for, once. */
class WeightNodes implements WeightReferences {
  readonly sources: WeightSource[] = [];
  readonly #graph: GraphBuilder;
  readonly #options: InferenceGraphOptions;
  readonly #known = new Map<string, string>();

  constructor(graph: GraphBuilder, options: InferenceGraphOptions) {
    this.#graph = graph;
    this.#options = options;
  }

  reference(source: WeightSource): string {
    const known = this.#known.get(source.name);
    if (known !== undefined) return known;
    const made = this.#options.weights === 'fed' ? this.#placeholder(source) : this.#variable(source);
    this.#known.set(source.name, made);
    this.sources.push(source);
    return made;
  }

  #placeholder(source: WeightSource): string {
    return this.#graph.placeholder(source.name, 'float', this.#options.shapeOf(source));
  }

  #variable(source: WeightSource): string {
    const handle = this.#graph.op(
      'VarHandleOp',
      [],
      {
        dtype: { type: 'float' },
        shape: { shape: this.#options.shapeOf(source) },
        shared_name: { text: source.name },
      },
      source.name,
    );
    return this.#graph.op('ReadVariableOp', [handle], { dtype: { type: 'float' } });
  }

  /** Nodes that assign every variable from a placeholder of its own. */
  assignment(): NonNullable<InferenceGraph['assignment']> {
    const feeds = this.sources.map((source, index) =>
      this.#graph.placeholder(`value_${index}`, 'float', this.#options.shapeOf(source)),
    );
    const assigned = this.sources.map(({ name }, index) => {
      this.#graph.op('AssignVariableOp', [name, feeds[index]!], { dtype: { type: 'float' } }, `assign_${index}`);
      return `^assign_${index}`;
    });
    const value = { dtype: 'int32', shape: [], values: Int32Array.of(1) } as const;
    this.#graph.op('Const', assigned, { dtype: { type: 'int32' }, value: { tensor: value } }, 'assigned');
    return { feeds, done: 'assigned:0' };
  }
}

/** XLA compiles the call as one unit; without `_noinline` TensorFlow would dissolve it first. */
const COMPILED_CALL = { _XlaCompile: { bool: true }, _XlaScope: { text: 'inference' } } as const;
const COMPILED_FUNCTION = { _noinline: { bool: true } } as const;

function callCompiled(
  graph: GraphBuilder,
  program: Program,
  options: InferenceGraphOptions,
  inputs: ReadonlyMap<string, string>,
  weights: WeightNodes,
): { functions: FunctionDef[]; outputs: string[] } {
  const body = new GraphBuilder('function');
  const given: { name: string; dtype: DataType; from: string }[] = [];
  const take = (dtype: DataType, from: string) => {
    const name = `input_${given.length}`;
    given.push({ name, dtype, from });
    return name;
  };
  const taken = new Map([...inputs].map(([name, from]) => [name, take(INPUTS[name as InputFeed].dtype, from)]));
  const taking = new Map<string, string>();
  const weightArguments: WeightReferences = {
    reference: (source) => {
      const known = taking.get(source.name) ?? take('float', weights.reference(source));
      taking.set(source.name, known);
      return known;
    },
  };
  const results = emitProgram(body, program, sourcesOf(taken, options.maskKind, weightArguments));
  const outputs = results.map((from, index) => ({ name: `output_${index}`, dtype: 'float' as const, from }));
  const call = graph.op(
    'StatefulPartitionedCall',
    given.map(({ from }) => from),
    {
      Tin: { types: given.map(({ dtype }) => dtype) },
      Tout: { types: outputs.map(({ dtype }) => dtype) },
      f: { func: 'inference' },
      ...COMPILED_CALL,
    },
  );
  return {
    functions: [
      body.toFunction(
        'inference',
        given.map(({ name, dtype }) => ({ name, dtype })),
        outputs,
        COMPILED_FUNCTION,
      ),
    ],
    outputs: outputs.map((_, index) => (index === 0 ? call : graph.output(call, index))),
  };
}
