import * as tf from '@tensorflow/tfjs';
import { graphFunction } from '../../src/graph/graph_function';
import { inferShapes } from '../../src/graph/infer_shapes';
import { traceGraph } from '../../src/graph/trace_graph';
import { onTensorflow } from '../harness';
import { RECORDED_OPERATIONS } from './recorded_operations';

test('an operation nobody knows has no shape', () => {
  const operation = { op: 'NoSuchOp', attributes: {}, inputs: [], constant: () => [] };
  expect(inferShapes(operation)).toBeUndefined();
});

onTensorflow('a recorded operation', () => {
  const cases = RECORDED_OPERATIONS.map((operation) => [`${operation.op} ${operation.about ?? ''}`.trim(), operation]);

  test.each(cases as Array<[string, (typeof RECORDED_OPERATIONS)[number]]>)(
    '%s has the shapes, types and values it really has',
    (_name, { op, inputs: make, fn }) => {
      const inputs = make();
      const expected = [fn(...inputs)].flat();
      const shapes: unknown[] = [];
      const recorded = traceGraph((trace) => {
        const outputs = [fn(...inputs.map((input) => trace.feed(input)))].flat();
        shapes.push(...outputs.map(({ shape, dtype }) => ({ shape, dtype })));
        return outputs;
      });
      expect(recorded.graph.nodes.map((node) => node.op)).toContain(op);
      expect(shapes).toEqual(expected.map(({ shape, dtype }) => ({ shape, dtype })));

      const run = graphFunction((...fed) => [fn(...fed)].flat());
      const received = run(...inputs);
      run.dispose();
      for (const [index, tensor] of received.entries()) {
        expect(tensor.dtype).toBe(expected[index]!.dtype);
        expect(tensor).toBeCloseToTensor(expected[index]!, 1e-6);
      }
      tf.dispose([inputs, expected, received]);
    },
  );
});
