import * as tf from '@tensorflow/tfjs';
import type { Executor } from '../../src/inference/executor';
import { HEAD_NAMES, MODEL_FIXTURES, type ModelFixture } from '../models/cases';
import {
  causalMask,
  type ExecutorCase,
  fixtureNamed,
  forwardOutputs,
  inputsOf,
  type Lowered,
  lowered,
  MODEL_NAMES,
  type ModelName,
  ORIGINAL_HEADS,
} from './executor_cases';

/** Makes the executor under test. */
export type MakeExecutor = (model: Lowered) => Executor;

const IDS = [
  [1, 7, 23, 11, 2, 0, 0],
  [1, 5, 9, 31, 44, 13, 2],
];
const PADDED = [
  [1, 1, 1, 1, 1, 0, 0],
  [1, 1, 1, 1, 1, 1, 1],
];
const TYPES = [
  [0, 0, 1, 1, 1, 0, 0],
  [0, 1, 1, 0, 1, 1, 1],
];
/** `[B, 1, S, S]`: tokens of each text see one another, as a mask of tokens says. */
const PADDED_PAIRS = PADDED.map((text) => [text.map((query) => text.map((key) => query * key))]);

/** Inputs that differ in the way they are masked, in shape and in what is left out. */
const INPUTS: ReadonlyArray<readonly [string, ExecutorCase]> = [
  ['no mask', { ids: IDS }],
  ['a mask of ones', { ids: IDS, mask: IDS.map((row) => row.map(() => 1)) }],
  ['padding', { ids: IDS, mask: PADDED }],
  ['padding, as floats', { ids: IDS, mask: PADDED, maskType: 'float32' }],
  ['padding, as booleans', { ids: IDS, mask: PADDED, maskType: 'bool' }],
  ['padding in front', { ids: IDS, mask: PADDED.map((row) => [...row].reverse()) }],
  ['a text that is padding throughout', { ids: IDS, mask: [[0, 0, 0, 0, 0, 0, 0], PADDED[1]!] }],
  ['token types', { ids: IDS, types: TYPES }],
  ['token types and padding', { ids: IDS, mask: PADDED, types: TYPES }],
  ['one text', { ids: [IDS[1]!] }],
  ['one token', { ids: [[4], [9]] }],
  ['one text of one token', { ids: [[4]] }],
  ['one token, which is padding in one text', { ids: [[4], [9]], mask: [[1], [0]] }],
  ['a length beyond every bucket', { ids: [Array.from({ length: 16 }, (_, index) => 3 * index)] }],
];

/** Masks of pairs; models with choices take none. */
const PAIRS: ReadonlyArray<readonly [string, ExecutorCase]> = [
  ['pairs, each seeing those before', { ids: IDS, mask: causalMask(2, 7) }],
  ['pairs, as floats', { ids: IDS, mask: causalMask(2, 7), maskType: 'float32' }],
  ['pairs, as booleans', { ids: IDS, mask: causalMask(2, 7), maskType: 'bool' }],
  ['pairs that say what is padding', { ids: IDS, mask: PADDED_PAIRS }],
  [
    'pairs of which one text has none',
    { ids: IDS, mask: [PADDED_PAIRS[1]!.map((rows) => rows.map((row) => row.map(() => 0))), PADDED_PAIRS[1]!] },
  ],
  ['keys alone', { ids: IDS, mask: PADDED.map((text) => [[text]]) }],
  ['keys alone, as booleans', { ids: IDS, mask: PADDED.map((text) => [[text]]), maskType: 'bool' }],
  ['pairs of one token', { ids: [[4]], mask: causalMask(1, 1) }],
];

/** Where the original's heads have padding that differs from token to token, and where it makes no difference. */
const OF_ORIGINAL_HEADS = new Set([
  'no mask',
  'padding',
  'padding in front',
  'a text that is padding throughout',
  'one text of one token',
  'pairs, each seeing those before',
]);
/** Configurations whose input knows no positions: the decoder's case. */
const WITHOUT_POSITIONS = ['conv_kernel_3', 'own_projections', 'token_types'];

/** Configurations that read every input another way. */
const DETAILED = ['own_projections_biased_token_types', 'fully_padded_row', 'heads_1', 'no_relative_attention'];

/** What follows the encoder knows nothing of how it is configured: the first configuration has all heads, others one each. */
function headsOf(index: number): readonly ModelName[] {
  return index === 0 ? MODEL_NAMES : ['model', HEAD_NAMES[index % HEAD_NAMES.length]!];
}

/**
 * What every way of running a program must do; `forward` is the measure.
 *
 * @param fixtures configurations that are run; all by default.
 */
export function describeExecutor(make: MakeExecutor, fixtures: readonly ModelFixture[] = MODEL_FIXTURES): void {
  describe('every configuration gives what forward gives, with no mask, one of tokens and one of pairs', () => {
    describe.each(fixtures.map((fixture, index) => [fixture.case, fixture, index] as const))(
      '%s',
      (_, fixture, index) => {
        test.each(headsOf(index))('%s', (name) => {
          const { input_ids, attention_mask, token_type_ids } = fixture.inputs as Record<string, number[][]>;
          const types = token_type_ids === undefined ? {} : { types: token_type_ids };
          const ids = input_ids!;
          expectForwards(make, fixture.config, name, [
            { ids, ...types },
            { ids, mask: attention_mask!, ...types },
            ...(name === 'multiple_choice' ? [] : [{ ids, mask: causalMask(ids.length, ids[0]!.length), ...types }]),
          ]);
        });
      },
    );
  });

  describe.each(ORIGINAL_HEADS)("the original's own head %s gives what forward gives for", (name) => {
    test.each(WITHOUT_POSITIONS)('%s', (fixture) => {
      const masked = [...INPUTS, ...PAIRS].filter(([about]) => OF_ORIGINAL_HEADS.has(about));
      expectForwards(
        make,
        fixtureNamed(fixture).config,
        name,
        masked.map(([, inputs]) => inputs),
      );
    });
  });

  test.each(['masked_lm', 'enhanced_mask_decoder'] as const)('%s scores the rows that are asked for', (name) => {
    const chosen = [[3], [0, 13], [8, 8, 2, 5]];
    const cases = chosen.flatMap((rows) => [{ ids: IDS, mask: PADDED, rows }, { ids: IDS, rows }, { ids: IDS }]);
    expectForwards(make, fixtureNamed('conv_kernel_3').config, name, cases);
  });

  describe.each(DETAILED)('%s gives what forward gives for', (fixture) => {
    test.each([...INPUTS, ...PAIRS])('%s', (_inputs, inputs) => {
      expectForwards(make, fixtureNamed(fixture).config, 'model', [inputs]);
    });
  });

  test('shapes and masks may come in any order', () => {
    const cases = [...INPUTS, ...PAIRS].map(([, inputs]) => inputs);
    expectForwards(make, fixtureNamed(DETAILED[0]!).config, 'token_classification', [...cases, ...cases.reverse()]);
  });

  test('new weights count from the next run on', () => {
    const given = lowered(fixtureNamed(DETAILED[0]!).config, 'sequence_classification');
    const inputs = inputsOf({ ids: IDS, mask: PADDED });
    const executor = make(given);
    tf.dispose(executor.run(inputs));
    for (let round = 0; round < 2; round++) {
      for (const weight of given.model.weights) weight.write(tf.mul(weight.read(), 1.1));
      expectOutputs(executor.run(inputs), forwardOutputs(given.model, inputs));
    }
    executor.dispose();
  });

  describe('memory', () => {
    test.each<ModelName>(['model', 'question_answering'])('a run of %s leaves its outputs', (name) => {
      const given = lowered(fixtureNamed('conv_kernel_3').config, name);
      const executor = make(given);
      const inputs = inputsOf({ ids: IDS, mask: PADDED });
      const outputs = executor.run(inputs);
      expect(() => executor.run(inputs)).toCreateTensors(outputs.length);
    });

    test('dispose gives everything back, once or twice; a run behind it starts anew', () => {
      const given = lowered(fixtureNamed('conv_kernel_3').config, 'model');
      const inputs = inputsOf({ ids: IDS });
      const expected = forwardOutputs(given.model, inputs);
      const before = tf.memory().numTensors;
      const executor = make(given);
      for (let round = 0; round < 2; round++) {
        const outputs = executor.run(inputs);
        expectOutputs(outputs, expected);
        tf.dispose(outputs);
        expect(executor.heldBytes).toBeGreaterThan(0);
        executor.dispose();
        executor.dispose();
        expect(executor.heldBytes).toBe(0);
        expect(tf.memory().numTensors).toBe(before);
      }
    });

    test('a run leaves the inputs to the caller', () => {
      const executor = make(lowered(fixtureNamed('token_types').config, 'model'));
      const inputs = inputsOf({ ids: IDS, mask: PADDED, types: TYPES });
      executor.run(inputs);
      expect(Object.values(inputs).map(({ isDisposed }) => isDisposed)).toEqual([false, false, false]);
    });

    test('a run within tf.tidy keeps what later runs need', () => {
      const given = lowered(fixtureNamed('conv_kernel_3').config, 'model');
      const executor = make(given);
      const inputs = inputsOf({ ids: IDS });
      tf.tidy(() => {
        executor.run(inputs);
      });
      expectOutputs(executor.run(inputs), forwardOutputs(given.model, inputs));
    });
  });
}

function expectForwards(
  make: MakeExecutor,
  config: Record<string, unknown>,
  name: ModelName,
  cases: readonly ExecutorCase[],
): void {
  const given = lowered(config, name);
  const executor = make(given);
  tf.tidy(() => {
    for (const inputs of cases.map(inputsOf)) {
      expectOutputs(executor.run(inputs), forwardOutputs(given.model, inputs));
    }
  });
  executor.dispose();
  given.model.dispose();
}

function expectOutputs(received: readonly tf.Tensor[], expected: readonly tf.Tensor[]): void {
  expect(received.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [index, output] of received.entries()) expect(output).toBeCloseToTensor(expected[index]!);
}
