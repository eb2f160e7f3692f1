import * as tf from '@tensorflow/tfjs';
import { PackedPositions } from '../../src/inference/packed_positions';
import { PositionTables } from '../../src/inference/position_tables';
import { bestBuild } from '../../src/kernels/kernel_build';
import { KernelMemory } from '../../src/kernels/kernel_memory';
import { relativeRow } from '../../src/ops/relative_positions';
import { useBackend } from '../../src/runtime/use_backend';
import { fixtureNamed, lowered } from './executor_cases';

const START = 100;

function setUp(fixture: string) {
  const given = lowered(fixtureNamed(fixture).config, 'model');
  const memory = new KernelMemory(bestBuild({ threads: 1 })!);
  const tables = new PositionTables(given.program, given.weights);
  return { ...given, memory, tables, positions: new PackedPositions(memory, given.program, tables) };
}

type Setting = ReturnType<typeof setUp>;

/** The row of a head at a distance of query − key, as it lies in panels. */
function packedRow({ positions, memory, program }: Setting, address: number, head: number, column: number): number[] {
  const { headSize } = program.sizes;
  const numbers = memory.floats(address, program.sizes.heads * headSize * positions.columns);
  const panel = (head * positions.columns + (column & ~7)) * headSize;
  return Array.from({ length: headSize }, (_, k) => numbers[panel + 8 * k + (column & 7)]!);
}

/** Expects that every distance up to a length reads the row that `relativeRow` says. */
function expectLayout(setting: Setting, length: number): void {
  const { program, positions, tables } = setting;
  for (const step of program.steps) {
    if (step.kind !== 'attend') continue;
    for (const [table, direction] of [
      [step.positionKeys, -1],
      [step.positionQueries, 1],
    ] as const) {
      if (table === undefined) {
        expect(positions.address(table)).toBe(0);
        continue;
      }
      const rows = tables.get(table).arraySync();
      for (let distance = 1 - length; distance < length; distance++) {
        const column = positions.center + direction * distance;
        for (const [head, ofHead] of rows.entries()) {
          const expected = ofHead[relativeRow(distance, program.relative!)]!;
          expect(packedRow(setting, positions.address(table), head, column)).toEqual(expected);
        }
      }
    }
  }
}

beforeAll(() => useBackend('wasm'));

describe('PackedPositions', () => {
  test.each(['own_projections_biased_token_types', 'heads_1', 'conv_kernel_3'])(
    '%s: every distance reads its row, for lengths that come in any order',
    (fixture) => {
      const setting = setUp(fixture);
      for (const [length, columns] of [
        [5, 128],
        [64, 128],
        [65, 256],
        [3, 256],
      ] as const) {
        setting.positions.refresh(length, START);
        expect(setting.positions.columns).toBe(columns);
        expectLayout(setting, length);
      }
      setting.tables.dispose();
      setting.model.dispose();
    },
  );

  test('are laid out again where weights, the start or what lies there have changed, and not otherwise', () => {
    const setting = setUp('heads_1');
    const { positions, memory, tables, model } = setting;
    positions.refresh(8, START);
    const numbers = () => memory.floats(0, positions.end / 4);
    const isLaidOutAnew = (start = START) => {
      numbers().fill(-7);
      positions.refresh(8, start);
      return numbers().at(-1) !== -7;
    };
    expect(isLaidOutAnew()).toBe(false);
    positions.invalidate();
    expect(isLaidOutAnew()).toBe(true);
    expect(isLaidOutAnew(START + 64)).toBe(true);
    expect(isLaidOutAnew(START + 64)).toBe(false);
    const weight = model.weights.find(({ originalName }) => originalName.includes('rel_embeddings'))!;
    tf.tidy(() => weight.write(tf.add(weight.read(), 1)) as never);
    expect(isLaidOutAnew(START + 64)).toBe(true);
    expectLayout(setting, 8);
    tables.dispose();
    model.dispose();
  });

  test('take no room without relative attention', () => {
    const { positions, model } = setUp('no_relative_attention');
    positions.refresh(8, START);
    expect([positions.end, positions.address(undefined)]).toEqual([START, 0]);
    model.dispose();
  });
});
