import { GraphBuilder } from '../../src/graph/graph_builder';
import type { GraphShape } from '../../src/graph/graph_def';
import type { SavedVariable } from '../../src/graph/saved_variable';
import type { SavedModel } from '../../src/graph/write_saved_model';

const FLOAT = { T: { type: 'float' } } as const;

/** `y = relu(x · kernel + bias)`, the bias added and cut off by a function the graph calls; x int32. */
export const exampleModel: SavedModel = {
  graph: exampleGraph(),
  signatures: {
    serving_default: {
      inputs: { x: { tensor: 'x:0', dtype: 'int32', shape: [-1, 2] } },
      outputs: { y: { tensor: 'y:0', dtype: 'float', shape: [-1, 3] } },
    },
  },
  variables: [
    variable('layer_._0/kernel', [2, 3], [1, 2, 3, 4, 5, -6]),
    variable('layer_._0/bias', [3], [0.5, -100, 0.25]),
  ],
};

/** What {@link exampleModel} gives for {@link exampleInput}. */
export const exampleOutput = [
  [9.5, 0, 0],
  [1.5, 0, 3.25],
];

export const exampleInput = [
  [1, 2],
  [1, 0],
];

/** A variable held in memory. */
export function variable(name: string, shape: GraphShape, values: readonly number[]): SavedVariable {
  return { name, shape, values: () => Float32Array.from(values) };
}

function exampleGraph() {
  const body = new GraphBuilder('function');
  const shifted = body.op('AddV2', ['product', 'bias'], FLOAT);
  const out = { name: 'out', dtype: 'float', from: body.op('Relu', [shifted], FLOAT) } as const;
  const given = ['product', 'bias'].map((name) => ({ name, dtype: 'float' }) as const);

  const graph = new GraphBuilder();
  const x = graph.op('Cast', [graph.placeholder('x', 'int32', [-1, 2])], {
    SrcT: { type: 'int32' },
    DstT: { type: 'float' },
  });
  const product = graph.op('MatMul', [x, readVariable(graph, 'layer_._0/kernel', [2, 3])], FLOAT);
  graph.op(
    'StatefulPartitionedCall',
    [product, readVariable(graph, 'layer_._0/bias', [3])],
    { Tin: { types: ['float', 'float'] }, Tout: { types: ['float'] }, f: { func: 'shift' } },
    'y',
  );
  return { nodes: graph.nodes, functions: [body.toFunction('shift', given, [out])] };
}

/** A variable of the graph, read. */
export function readVariable(graph: GraphBuilder, name: string, shape: GraphShape): string {
  const dtype = { type: 'float' } as const;
  const handle = graph.op('VarHandleOp', [], { dtype, shape: { shape }, shared_name: { text: name } }, name);
  return graph.op('ReadVariableOp', [handle], { dtype });
}
