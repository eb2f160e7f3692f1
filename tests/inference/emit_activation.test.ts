import * as tf from '@tensorflow/tfjs';
import { ACTIVATION_NAMES } from '../../src/config/config_schema';
import { GraphBuilder } from '../../src/graph/graph_builder';
import { GraphSession } from '../../src/graph/graph_session';
import { emitActivation } from '../../src/inference/emit_activation';
import { activations } from '../../src/ops/activations';
import { onTensorflow } from '../harness';

const RANGES: Array<[string, () => tf.Tensor]> = [
  ['from -12 to 12, where every formula bends', () => tf.linspace(-12, 12, 481)],
  ['close to 0', () => tf.linspace(-1e-3, 1e-3, 41)],
  ['far out, to both sides', () => tf.tensor1d([-1e4, -100, -30, 30, 100, 1e4])],
];

onTensorflow('activations of a graph are those of plain operations', () => {
  describe.each(ACTIVATION_NAMES)('%s', (name) => {
    let session: GraphSession;

    beforeAll(() => {
      const graph = new GraphBuilder();
      const result = emitActivation(graph, name, graph.placeholder('x', 'float', [-1]));
      session = GraphSession.load({ nodes: graph.nodes, functions: [] }, { feeds: ['x'], outputs: [result] });
    });

    afterAll(() => session.dispose());

    test.each(RANGES)('%s', (_range, values) => {
      const x = values();
      const expected = activations[name](x);
      expect(session.run([x])[0]!).toBeCloseToTensor(expected, 2e-6);
    });
  });
});
