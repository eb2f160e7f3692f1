import { GraphBuilder } from '../graph/graph_builder';
import type { DataType, FunctionDef, GraphDef, GraphShape } from '../graph/graph_def';
import { emitProgram, type MaskKind, type ProgramSources } from './emit_program';
import type { Program } from './program';
import {
  type VariableAssignment,
  WeightNodes,
  type WeightNodesOptions,
  type WeightReferences,
  type WeightSource,
} from './weight_nodes';

/** Names of the inputs an inference graph can take. */
export type InputFeed =
  | 'input_ids'
  | 'attention_mask'
  | 'token_type_ids'
  | 'descending_rows'
  | 'ascending_rows'
  | 'rows';

/** A program as a graph that a session can run. */
export interface InferenceGraph {
  readonly graph: GraphDef;
  /** The inputs it takes, in the order they are fed. */
  readonly inputs: readonly InputFeed[];
  /** The weights it takes, fed behind the inputs or assigned once. */
  readonly weights: readonly WeightSource[];
  /** The tensors that are its results. */
  readonly outputs: readonly string[];
  /** How variables get their values; only where weights are variables. */
  readonly assignment?: VariableAssignment;
}

/** How {@link buildInferenceGraph} builds. */
export interface InferenceGraphOptions extends WeightNodesOptions {
  readonly maskKind: MaskKind;
  /** Whether it takes the rows that the head is computed for. */
  readonly choosesRows: boolean;
  /** Whether TensorFlow compiles the program for each shape (XLA), or runs its nodes one by one. */
  readonly isCompiled: boolean;
}

const FLOAT = { T: { type: 'float' } } as const;

/** What every input of the graph is, by its name. */
const INPUTS: Readonly<Record<InputFeed, { readonly dtype: DataType; readonly shape: GraphShape }>> = {
  input_ids: { dtype: 'int32', shape: [-1, -1] },
  attention_mask: { dtype: 'float', shape: [-1, -1] },
  token_type_ids: { dtype: 'int32', shape: [-1, -1] },
  descending_rows: { dtype: 'int32', shape: [-1] },
  ascending_rows: { dtype: 'int32', shape: [-1] },
  rows: { dtype: 'int32', shape: [-1] },
};

/**
 * Writes a program as a graph for inference sessions: batch and length open, no weights inside.
 *
 * Compiled, the program is a function and the graph one call of it, marked for XLA; such a call runs the function's
 * nodes as they are while its compilation for a shape goes on in the background.
 */
export function buildInferenceGraph(program: Program, options: InferenceGraphOptions): InferenceGraph {
  const graph = new GraphBuilder();
  const inputs = inputsOf(program, options);
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

function inputsOf(program: Program, { maskKind, choosesRows }: InferenceGraphOptions): InputFeed[] {
  return [
    'input_ids',
    ...(maskKind === 'none' ? [] : (['attention_mask'] as const)),
    ...(program.usesTokenTypes ? (['token_type_ids'] as const) : []),
    ...(program.relative === undefined ? [] : (['descending_rows', 'ascending_rows'] as const)),
    ...(choosesRows ? (['rows'] as const) : []),
  ];
}

function placeholder(graph: GraphBuilder, name: InputFeed, maskKind: MaskKind): string {
  const { dtype, shape } = INPUTS[name];
  return graph.placeholder(name, dtype, name === 'attention_mask' && maskKind === 'pairs' ? [-1, 1, -1, -1] : shape);
}

function sourcesOf(inputs: ReadonlyMap<string, string>, maskKind: MaskKind, weights: WeightReferences): ProgramSources {
  return {
    inputIds: inputs.get('input_ids')!,
    maskKind,
    attentionMask: inputs.get('attention_mask'),
    tokenTypeIds: inputs.get('token_type_ids'),
    descendingRows: inputs.get('descending_rows'),
    ascendingRows: inputs.get('ascending_rows'),
    rows: inputs.get('rows'),
    weight: (name) => weights.reference({ kind: 'weight', name }),
    positionTable: (table) => weights.reference({ kind: 'table', name: table.name, table }),
  };
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
