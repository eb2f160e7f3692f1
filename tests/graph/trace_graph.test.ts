import * as tf from '@tensorflow/tfjs';
import { traceGraph } from '../../src/graph/trace_graph';
import { onTensorflow } from '../harness';

onTensorflow('traceGraph', () => {
  const FLOATS = { shape: [2, 3], dtype: 'float32' } as const;

  test('records what a function does, and computes nothing', () => {
    const { graph, feeds, outputs } = traceGraph((trace) => [tf.exp(tf.add(trace.feed(FLOATS), trace.feed(FLOATS)))]);
    expect(feeds).toEqual(['feed_0', 'feed_1']);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Placeholder', 'Placeholder', 'Add', 'Exp', 'Identity']);
    expect(outputs).toEqual([graph.nodes.at(-1)!.name]);
  });

  test('equal constants become one', () => {
    const { graph } = traceGraph((trace) => [tf.add(tf.mul(trace.feed(FLOATS), 5), 5)]);
    expect(graph.nodes.filter(({ op }) => op === 'Const')).toHaveLength(1);
  });

  test('records gradients', () => {
    const { graph } = traceGraph((trace) => [tf.grad((x) => tf.sum(tf.tanh(x)))(trace.feed(FLOATS))]);
    expect(graph.nodes.map(({ op }) => op)).toContain('Tanh');
  });

  test('a variable that is fed is read from there, and has its own values afterwards', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const { feeds, graph } = traceGraph((trace) => {
      trace.feedVariable(variable);
      return [tf.neg(variable as tf.Tensor)];
    });
    expect(feeds).toHaveLength(1);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Placeholder', 'Neg', 'Identity']);
    expect(variable as tf.Tensor).toBeCloseToTensor([1, 2], 0);
    variable.dispose();
  });

  test('what waits for something has an edge to it', () => {
    const { graph } = traceGraph((trace) => {
      const [x, trigger] = [trace.feed(FLOATS), tf.exp(trace.feed(FLOATS))];
      return [tf.neg(trace.after(x, trigger))];
    });
    const waiting = graph.nodes.find(({ op, inputs }) => op === 'Identity' && inputs.length === 2)!;
    const exp = graph.nodes.find(({ op }) => op === 'Exp')!;
    expect(waiting.inputs).toEqual(['feed_0', `^${exp.name}`]);
  });

  const REFUSED: ReadonlyArray<[what: string, fn: (x: tf.Tensor) => tf.Tensor, message: RegExp]> = [
    ['reading back', (x) => tf.scalar(tf.neg(x).dataSync()[0]!), /since it reads the values of a tensor back/],
    [
      'turns that depend on values',
      (x) => ((tf.sum(x).arraySync() as number) > 0 ? x : tf.neg(x)),
      /since it reads the values of a tensor back/,
    ],
    ['an operation without a rule', (x) => tf.topk(x, 1).values, /since the operation TopKV2 is not known/],
    [
      'a large tensor from elsewhere',
      (x) => tf.add(tf.sum(x), tf.ones([512, 1024])),
      /since a tensor of shape \[512,1024\] is neither fed nor computed/,
    ],
    ['text', () => tf.tensor1d(['a']), /since it has a constant of type string/],
  ];

  test.each(REFUSED)('refuses %s, and everything is as it was', (_what, fn, message) => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const attempt = () =>
      traceGraph((trace) => {
        trace.feedVariable(variable);
        return [fn(trace.feed(FLOATS))];
      });
    expect(() => {
      expect(attempt).toThrowDebertaError('backend', message);
      return [];
    }).toCreateTensors(0);
    expect(tf.add(variable, 1)).toBeCloseToTensor([2, 3], 0);
    variable.dispose();
  });

  test('passes errors of the function on', () => {
    const fail = () => {
      throw new Error('of the function');
    };
    expect(() => traceGraph(fail)).toThrow('of the function');
    expect(tf.add([1], 1)).toBeCloseToTensor([2], 0);
  });

  test('leaves no tensor behind', () => {
    const [x, variable] = [tf.ones([2, 3]), tf.variable(tf.ones([2, 3]))];
    expect(() => {
      traceGraph((trace) => {
        trace.feedVariable(variable);
        return tf.grads((a) => tf.sum(tf.mul(tf.exp(a), variable)))([trace.feed(x)]);
      });
      return [];
    }).toCreateTensors(0);
    tf.dispose([x, variable]);
  });
});
