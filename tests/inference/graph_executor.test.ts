import * as tf from '@tensorflow/tfjs';
import type { Executor } from '../../src/inference/executor';
import { GraphExecutor, type GraphExecutorOptions } from '../../src/inference/graph_executor';
import { PositionTables } from '../../src/inference/position_tables';
import { onTensorflow } from '../harness';
import { describeExecutor } from './describe_executor';
import {
  causalMask,
  type ExecutorCase,
  fixtureNamed,
  forwardOutputs,
  inputsOf,
  type Lowered,
  lowered,
  STRUCTURES,
} from './executor_cases';

/** The executor with the tables it shares with others otherwise. */
function makeGraphExecutor({ program, weights }: Lowered, options: GraphExecutorOptions): Executor {
  const tables = new PositionTables(program, weights);
  const graph = new GraphExecutor(program, weights, tables, options);
  return {
    run: (inputs) => graph.run(inputs),
    get heldBytes() {
      return graph.heldBytes + tables.bytes;
    },
    dispose() {
      graph.dispose();
      tables.dispose();
    },
  };
}

const IDS = [
  [1, 7, 23, 11, 2, 0, 0],
  [1, 5, 9, 31, 44, 13, 2],
];
const PADDED = [
  [1, 1, 1, 1, 1, 0, 0],
  [1, 1, 1, 1, 1, 1, 1],
];

// tests/models/parity.test.ts holds predict, which feeds the plain graph, against the reference in every configuration.
onTensorflow('GraphExecutor, plain, its weights fed', () => {
  describeExecutor((model) => makeGraphExecutor(model, { isCompiled: false, weights: 'fed' }), STRUCTURES);
});

/** `[configuration, head]`: every kind of step. */
const COMPILED = [
  ['own_projections_biased_token_types', 'question_answering'],
  ['embedding_size', 'masked_lm'],
  ['conv_groups', 'model'],
  ['heads_1', 'sequence_classification'],
  ['no_position_terms', 'token_classification'],
  ['activation_mish', 'multiple_choice'],
] as const;

// The graph is that of fed weights but for where it reads them.
onTensorflow('GraphExecutor, plain, its weights variables', () => {
  describeExecutor(
    (model) => makeGraphExecutor(model, { isCompiled: false, weights: 'variables' }),
    COMPILED.slice(0, 3).map(([fixture]) => fixtureNamed(fixture)),
  );
});

/** Ample for the compiler, which works in the background, to be done with two shapes of a tiny model. */
const COMPILER_MS = 3000;
const compilerDone = (models = 1) => new Promise((resolve) => setTimeout(resolve, COMPILER_MS * models));

onTensorflow('GraphExecutor, compiled', () => {
  describe.each(['fed', 'variables'] as const)('its weights %s', (weights) => {
    const options = { isCompiled: true, weights } as const;

    // Where weights are read makes no difference to the rest of the graph.
    const kinds = weights === 'fed' ? COMPILED : COMPILED.slice(0, 2);

    test('as forward, before the compiler is done and after', async () => {
      const all = kinds.map(([fixture, name]) => {
        const given = lowered(fixtureNamed(fixture).config, name);
        const inputs = [{ ids: IDS }, { ids: IDS, mask: name === 'model' ? causalMask(2, 7) : PADDED }].map(inputsOf);
        return { given, inputs, executor: makeGraphExecutor(given, options) };
      });
      const expectForward = () => {
        for (const { given, inputs, executor } of all) {
          for (const input of inputs) {
            const outputs = executor.run(input);
            for (const [index, expected] of forwardOutputs(given.model, input).entries()) {
              expect(tf.reshape(outputs[index]!, expected.shape)).toBeCloseToTensor(expected);
            }
          }
        }
      };
      expectForward();
      await compilerDone(kinds.length);
      expectForward();
      expectForward();
      for (const { executor } of all) executor.dispose();
    });

    test('new weights count in compiled code too', async () => {
      const given = lowered(fixtureNamed('conv_kernel_3').config, 'sequence_classification');
      const executor = makeGraphExecutor(given, options);
      const inputs = inputsOf({ ids: IDS });
      executor.run(inputs);
      await compilerDone();
      executor.run(inputs);
      for (const weight of given.model.weights) weight.write(tf.mul(weight.read(), 1.1));
      expect(executor.run(inputs)[0]!).toBeCloseToTensor(forwardOutputs(given.model, inputs)[0]!);
      executor.dispose();
    });

    test('leaves no tensor behind, compiled or not, nor when disposed while the compiler works', async () => {
      const given = lowered(fixtureNamed('conv_kernel_3').config, 'model');
      const inputs = inputsOf({ ids: IDS, mask: PADDED });
      const before = tf.memory().numTensors;
      const executor = makeGraphExecutor(given, options);
      expect(() => executor.run(inputs)).toCreateTensors(1);
      await compilerDone();
      expect(() => executor.run(inputs)).toCreateTensors(1);
      executor.dispose();
      tf.dispose(executor.run(inputs));
      executor.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

onTensorflow('what a GraphExecutor holds beside the projected tables', () => {
  /** Two tables a layer, `[h, 2 · span, d]`. */
  const TABLE_BYTES = 2 * 2 * 4 * (2 * 4) * 16;
  const KINDS: readonly ExecutorCase[] = [
    { ids: IDS },
    { ids: IDS, mask: PADDED },
    { ids: IDS, mask: causalMask(2, 7) },
  ];

  test('is nothing where weights are fed', () => {
    const executor = makeGraphExecutor(lowered(fixtureNamed('conv_kernel_3').config, 'model'), {
      isCompiled: false,
      weights: 'fed',
    });
    for (const inputs of KINDS) executor.run(inputsOf(inputs));
    expect(executor.heldBytes).toBe(TABLE_BYTES);
    executor.dispose();
  });

  test('is a copy of weights and tables where they are variables, shared by texts with padding and without', () => {
    const given = lowered(fixtureNamed('conv_kernel_3').config, 'model');
    const read = given.model.weights.filter(
      ({ originalName }) => !/rel_embeddings|encoder\/LayerNorm/.test(originalName),
    );
    const copy = TABLE_BYTES + 4 * read.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]), 0);
    const executor = makeGraphExecutor(given, { isCompiled: false, weights: 'variables' });
    const held = KINDS.map((inputs) => {
      executor.run(inputsOf(inputs));
      return executor.heldBytes;
    });
    expect(held).toEqual([TABLE_BYTES + copy, TABLE_BYTES + copy, TABLE_BYTES + 2 * copy]);
    executor.dispose();
  });
});
