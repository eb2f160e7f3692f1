import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { GraphBuilder } from '../../src/graph/graph_builder';
import type { GraphDef } from '../../src/graph/graph_def';
import { GraphSession, supportsGraphSessions } from '../../src/graph/graph_session';
import { useBackend } from '../../src/runtime/use_backend';
import { onTensorflow } from '../harness';
import { readVariable } from './example_model';

const FLOAT = { T: { type: 'float' } } as const;

/** `sum = a + b`, and the two halves of a matrix. */
function sumGraph(): GraphDef {
  const graph = new GraphBuilder();
  const [a, b] = ['a', 'b'].map((name) => graph.placeholder(name, 'float', [-1, 2]));
  graph.op('AddV2', [a!, b!], FLOAT, 'sum');
  graph.op('Split', [graph.int(1), a!], { ...FLOAT, num_split: { int: 2 } }, 'halves');
  return { nodes: graph.nodes, functions: [] };
}

const SUM = { feeds: ['a', 'b'], outputs: ['sum'] };
const a = () => tf.tensor2d([[1, 2]]);
const b = () => tf.tensor2d([[10, 20]]);

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test('there are no graph sessions', () => {
    expect(supportsGraphSessions()).toBe(false);
    expect(() => GraphSession.load(sumGraph(), SUM)).toThrowDebertaError(
      'backend',
      new RegExp(`on the backend tensorflow only, and ${backend} is in use; call useBackend\\('tensorflow'\\)`),
    );
  });
});

onTensorflow('GraphSession', () => {
  let temporary: string;
  const before = process.env.TMPDIR;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'graph-session-'));
    process.env.TMPDIR = temporary;
  });

  afterEach(() => {
    // What was written on the way to TensorFlow is gone, also after a failure.
    expect(readdirSync(temporary)).toEqual([]);
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(temporary, { recursive: true });
  });

  function withSession(graph: GraphDef, call: typeof SUM, use: (session: GraphSession) => void): void {
    const session = GraphSession.load(graph, call);
    try {
      use(session);
    } finally {
      session.dispose();
    }
  }

  test('is supported', () => {
    expect(supportsGraphSessions()).toBe(true);
  });

  test('runs a graph, feeds in their order', () => {
    withSession(sumGraph(), { feeds: ['b', 'a'], outputs: ['halves', 'sum'] }, (session) => {
      const [left, sum] = session.run([b(), a()]);
      expect(left!).toBeCloseToTensor([[1]]);
      expect(sum!).toBeCloseToTensor([[11, 22]]);
    });
  });

  test('gives any output of a node', () => {
    withSession(sumGraph(), { feeds: ['a:0'], outputs: ['halves:1', 'halves'] }, (session) => {
      const [right, left] = session.run([a()]);
      expect(right!).toBeCloseToTensor([[2]]);
      expect(left!).toBeCloseToTensor([[1]]);
    });
  });

  test('runs tensors of any shape the graph leaves open', () => {
    withSession(sumGraph(), SUM, (session) => {
      for (const rows of [1, 3, 2]) {
        expect(session.run([tf.ones([rows, 2]), tf.ones([rows, 2])])[0]!.shape).toEqual([rows, 2]);
      }
    });
  });

  test('keeps variables between runs, apart from those of other sessions', () => {
    const graph = new GraphBuilder();
    const value = graph.placeholder('value', 'float', [2]);
    graph.op('Identity', [readVariable(graph, 'v', [2])], FLOAT, 'read');
    graph.op('AssignVariableOp', ['v', value], { dtype: { type: 'float' } }, 'assign');
    const done = { dtype: 'int32', shape: [], values: Int32Array.of(1) } as const;
    graph.op('Const', ['^assign'], { dtype: { type: 'int32' }, value: { tensor: done } }, 'done');
    const load = () => GraphSession.load({ nodes: graph.nodes, functions: [] }, { feeds: [], outputs: ['read'] });
    const sessions = [load(), load()];
    sessions.forEach((session, i) => {
      session.runOnce([tf.tensor1d([i, i])], { feeds: ['value'], outputs: ['done'] });
    });
    sessions.forEach((session, i) => {
      expect(session.run([])[0]!).toBeCloseToTensor([i, i]);
      session.dispose();
    });
  });

  test("gives tensors that are the caller's, and leaves no others", () => {
    withSession(sumGraph(), SUM, (session) => {
      const inputs = [a(), b()];
      expect(() => session.run(inputs)).toCreateTensors(1);
      expect(() => tf.tidy(() => tf.neg(session.run(inputs)[0]!))).toCreateTensors(1);
      expect(() => {
        session.runOnce(inputs, SUM);
        return [];
      }).toCreateTensors(0);
      tf.dispose(inputs);
    });
  });

  test('loads, runs and ends 200 times without a tensor left', () => {
    const inputs = [a(), b()];
    const graph = sumGraph();
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 200; i++) withSession(graph, SUM, (session) => tf.dispose(session.run(inputs)));
    expect(tf.memory().numTensors).toBe(tensors);
    tf.dispose(inputs);
  });

  test('takes tensors of another backend', async () => {
    await useBackend('cpu');
    const inputs = [a(), b()];
    await useBackend('tensorflow');
    withSession(sumGraph(), SUM, (session) => expect(session.run(inputs)[0]!).toBeCloseToTensor([[11, 22]]));
  });

  test('does not run while another backend is in use, but ends', async () => {
    const session = GraphSession.load(sumGraph(), SUM);
    await useBackend('cpu');
    expect(() => session.run([a(), b()])).toThrowDebertaError('backend', /and cpu is in use/);
    session.dispose();
    await useBackend('tensorflow');
  });

  test('ends once, and then does not run', () => {
    const session = GraphSession.load(sumGraph(), SUM);
    session.dispose();
    session.dispose();
    expect(() => session.run([a(), b()])).toThrowDebertaError('usage', /cannot run once it is disposed/);
  });

  test.each<[what: string, act: () => unknown, message: RegExp]>([
    [
      'an unknown operation',
      () =>
        GraphSession.load({ nodes: [{ name: 'n', op: 'NoSuchOp', inputs: [], attributes: {} }], functions: [] }, SUM),
      /must load the graph .* 'NoSuchOp' in binary/,
    ],
    [
      'an input that is not there',
      () => withSession(sumGraph(), { feeds: ['c'], outputs: ['sum'] }, (session) => session.run([a()])),
      /must run the graph .* can not be found/,
    ],
    [
      'too few inputs',
      () => withSession(sumGraph(), SUM, (session) => session.run([a()])),
      /must run the graph .* does not match/,
    ],
    [
      'shapes that do not fit',
      () => withSession(sumGraph(), SUM, (session) => session.run([tf.ones([3, 2]), tf.ones([2, 2])])),
      /must run the graph .* (Incompatible shapes|Dimensions must)/i,
    ],
    [
      'a folder for temporary files that is not there',
      () => {
        const tmp = process.env.TMPDIR;
        process.env.TMPDIR = join(temporary, 'no', 'such');
        try {
          GraphSession.load(sumGraph(), SUM);
        } finally {
          process.env.TMPDIR = tmp;
        }
      },
      /must load the graph .* ENOENT/,
    ],
  ])('says what TensorFlow says of %s', (_what, act, message) => {
    expect(act).toThrowDebertaError('backend', message);
  });
});
