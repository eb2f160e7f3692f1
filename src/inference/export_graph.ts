import type { Signature, SignatureTensor } from '../graph/encode_saved_model';
import { GraphBuilder } from '../graph/graph_builder';
import type { GraphDef, GraphShape } from '../graph/graph_def';
import { relativeRow } from '../ops/relative_positions';
import { emitProgram } from './emit_program';
import type { OutputLayout, Program, RelativeTable } from './program';
import { WeightNodes, type WeightSource } from './weight_nodes';

/** A program as a graph for other TensorFlow runtimes. */
export interface ExportGraph {
  readonly graph: GraphDef;
  readonly signature: Signature;
  /** The variables that it reads, by the names of their sources. */
  readonly variables: readonly WeightSource[];
}

const INTEGER = { T: { type: 'int32' } } as const;
const INDEX = { T: { type: 'int32' }, Index: { type: 'int32' } } as const;
const RESHAPE = { Tshape: { type: 'int32' } } as const;

/**
 * Writes a program as a graph that stands by itself: int32 inputs `input_ids`, `attention_mask` and `token_type_ids`
 * `[B, S]` (`[B, C, S]` for choices), weights as variables, outputs by the names of the model's.
 *
 * @param shapeOf shape of a weight.
 */
export function buildExportGraph(program: Program, shapeOf: (source: WeightSource) => GraphShape): ExportGraph {
  const graph = new GraphBuilder();
  const hasChoices = program.result.layout === 'choices';
  const shape = hasChoices ? [-1, -1, -1] : [-1, -1];
  const input = (name: string) => graph.placeholder(name, 'int32', shape);
  const given = { ids: input('input_ids'), mask: input('attention_mask'), types: input('token_type_ids') };
  const length = lastAxis(graph, given.ids, shape.length);
  const texts = (x: string) => (hasChoices ? reshape(graph, x, 'int32', [-1, length]) : x);

  const weights = new WeightNodes(graph, { weights: 'variables', shapeOf });
  const rows = program.relative && relativeRows(graph, program.relative, length);
  const results = emitProgram(graph, program, {
    inputIds: texts(given.ids),
    maskKind: 'tokens',
    attentionMask: graph.op('Cast', [texts(given.mask)], { SrcT: { type: 'int32' }, DstT: { type: 'float' } }),
    tokenTypeIds: texts(given.types),
    descendingRows: rows?.descending,
    ascendingRows: rows?.ascending,
    weight: (name) => weights.reference({ kind: 'weight', name }),
    positionTable: (table) => weights.reference({ kind: 'table', name: table.name, table }),
  });

  const { names, layout } = program.result;
  const outputs = names.map((name, index) => {
    const result = hasChoices
      ? reshape(graph, results[index]!, 'float', [-1, choicesOf(graph, given.ids)])
      : results[index]!;
    graph.op('Identity', [result], { T: { type: 'float' } }, name);
    return [name, { tensor: `${name}:0`, dtype: 'float', shape: OUTPUT_SHAPES[layout] }] as const;
  });
  const inputs = ['input_ids', 'attention_mask', 'token_type_ids'].map(
    (name) => [name, { tensor: `${name}:0`, dtype: 'int32', shape }] as const,
  );
  const named = (tensors: ReadonlyArray<readonly [string, SignatureTensor]>) => Object.fromEntries(tensors);
  return {
    graph: { nodes: graph.nodes, functions: [] },
    signature: { inputs: named(inputs), outputs: named(outputs) },
    variables: weights.sources,
  };
}

const OUTPUT_SHAPES: Readonly<Record<OutputLayout, GraphShape>> = {
  tokens: [-1, -1, -1],
  texts: [-1, -1],
  choices: [-1, -1],
  scores: [-1, -1],
};

/**
 * The rows of the relative table by distance, for a length that is only known when the graph runs.
 *
 * Looked up by distance in a constant: TensorFlow's float32 logarithm must not decide which bucket a distance is in.
 */
function relativeRows(graph: GraphBuilder, relative: RelativeTable, length: string) {
  const farthest = farthestDistance(relative);
  const distances = Array.from({ length: 2 * farthest + 1 }, (_, index) => index - farthest);
  const table = graph.int(distances.map((distance) => relativeRow(distance, relative)));
  const integers = (op: string, a: string, b: string) => graph.op(op, [a, b], INTEGER);
  const bounds = [graph.int(0), integers('Mul', length, graph.int(2)), graph.int(1)];
  const columns = graph.op('Range', bounds, { Tidx: { type: 'int32' } });
  const last = integers('Sub', length, graph.int(1));
  const lookUp = (distance: string) => {
    const clipped = integers('Maximum', integers('Minimum', distance, graph.int(farthest)), graph.int(-farthest));
    return graph.op('GatherV2', [table, integers('AddV2', clipped, graph.int(farthest)), graph.int(0)], {
      Tparams: { type: 'int32' },
      Tindices: { type: 'int32' },
      Taxis: { type: 'int32' },
    });
  };
  return {
    descending: lookUp(integers('Sub', last, columns)),
    ascending: lookUp(integers('Sub', columns, last)),
  };
}

/** The distance from which on all distances read the same row, in both directions. */
function farthestDistance(relative: RelativeTable): number {
  let distance = 1;
  while (relativeRow(distance, relative) < 2 * relative.span - 1 || relativeRow(-distance, relative) > 0) distance++;
  return distance;
}

function lastAxis(graph: GraphBuilder, x: string, rank: number): string {
  return axisOf(graph, x, rank - 1);
}

function choicesOf(graph: GraphBuilder, ids: string): string {
  return axisOf(graph, ids, 1);
}

function axisOf(graph: GraphBuilder, x: string, axis: number): string {
  const shape = graph.op('Shape', [x], { ...INTEGER, out_type: { type: 'int32' } });
  const bounds = [axis, axis + 1, 1].map((value) => graph.int([value]));
  return graph.op('StridedSlice', [shape, ...bounds], { ...INDEX, shrink_axis_mask: { int: 1 } });
}

function reshape(graph: GraphBuilder, x: string, dtype: 'int32' | 'float', [rows, columns]: [number, string]): string {
  const sizes = graph.op('Pack', [graph.int(rows), columns], { ...INTEGER, N: { int: 2 } });
  return graph.op('Reshape', [x, sizes], { ...RESHAPE, T: { type: dtype } });
}
