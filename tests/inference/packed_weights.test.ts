import * as tf from '@tensorflow/tfjs';
import { PackedWeights } from '../../src/inference/packed_weights';
import type { Step } from '../../src/inference/program';
import { bestBuild } from '../../src/kernels/kernel_build';
import { KernelMemory } from '../../src/kernels/kernel_memory';
import { PRECISIONS, type Precision } from '../../src/kernels/kernel_plan';
import { useBackend } from '../../src/runtime/use_backend';
import { fixtureNamed, type Lowered, lowered } from './executor_cases';

const START = 128;
/** A NaN that no weight is. */
const POISON = 0x7fa5a5a5;

interface Setting extends Lowered {
  readonly memory: KernelMemory;
  readonly packed: PackedWeights;
}

function setUp(precision: Precision): Setting {
  const given = lowered(fixtureNamed('conv_groups').config, 'masked_lm');
  const memory = new KernelMemory(bestBuild({ threads: 1 })!);
  return { ...given, memory, packed: new PackedWeights(memory, given.program, given.weights, precision, START) };
}

const wordsOf = ({ memory, packed }: Setting) => new Uint32Array(memory.memory.buffer, START, (packed.end - START) / 4);

/** Names of the weights that a step packs. */
function namesOf(step: Step): string[] {
  return Object.values(step)
    .flatMap((part) => (typeof part === 'object' ? Object.values(part as object) : [part]))
    .filter((name): name is string => typeof name === 'string');
}

beforeAll(() => useBackend('wasm'));

describe.each(PRECISIONS)('PackedWeights in %s', (precision) => {
  test('are packed once, behind what is there, and again only when a weight is assigned', () => {
    const setting = setUp(precision);
    const { packed, memory } = setting;
    memory.reserve(START);
    memory.integers(0, START / 4).fill(7);
    expect([packed.refresh(), packed.refresh()]).toEqual([true, false]);
    expect([...memory.integers(0, START / 4)]).toEqual(Array(START / 4).fill(7));
    const [weight] = setting.model.weights.filter(({ originalName }) => originalName.endsWith('query_proj/kernel'));
    tf.tidy(() => weight!.write(tf.add(weight!.read(), 1)) as never);
    expect([packed.refresh(), packed.refresh()]).toEqual([true, false]);
    setting.model.dispose();
  });

  test('only what comes from an assigned weight is packed anew, and it is as if all were', () => {
    const setting = setUp(precision);
    const { model, packed, program } = setting;
    packed.refresh();
    const isPacked = new Set(program.steps.flatMap(namesOf));
    for (const weight of model.weights) {
      const words = wordsOf(setting);
      const before = words.slice();
      tf.tidy(() => weight.write(tf.mul(weight.read(), 1.5)) as never);
      words.fill(POISON);
      const hasChanged = packed.refresh();
      const written = wordsOf(setting).slice();
      // Tables of words and of positions are read from the model, or projected by others.
      const { originalName } = weight;
      if (!isPacked.has(originalName)) expect([originalName, hasChanged]).toEqual([originalName, false]);
      const count = written.filter((word) => word !== POISON).length;
      expect([originalName, count > 0]).toEqual([originalName, hasChanged]);
      // Matrices side by side are packed together: query, key and value; nothing is more than those.
      expect(count).toBeLessThan(before.length / 2);
      wordsOf(setting).set(before.map((word, index) => (written[index] === POISON ? word : written[index]!)));
    }
    const fresh = new PackedWeights(setting.memory, program, setting.weights, precision, START);
    const kept = wordsOf(setting).slice();
    wordsOf(setting).fill(0);
    fresh.refresh();
    expect(Buffer.compare(Buffer.from(kept.buffer), Buffer.from(wordsOf(setting).slice().buffer))).toBe(0);
    model.dispose();
  });
});

test('weights in float16 and int8 take about a half and a quarter of the memory', () => {
  const config = {
    ...fixtureNamed('conv_groups').config,
    hidden_size: 64,
    intermediate_size: 256,
    conv_kernel_size: 0,
  };
  const given = lowered(config, 'model');
  const [whole = 0, half = 0, quarter = 0] = PRECISIONS.map((precision) => {
    const memory = new KernelMemory(bestBuild({ threads: 1 })!);
    return new PackedWeights(memory, given.program, given.weights, precision, START).end;
  });
  expect(half / whole).toBeLessThan(0.55);
  expect(quarter / whole).toBeLessThan(0.32);
  given.model.dispose();
});
