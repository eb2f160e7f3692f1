import { type ScaleLinear, scaleLinear } from 'victory-vendor/d3-scale';
import { InputError } from '../../errors';
import type { LogRecord } from '../training_log';

/** A step and a value. */
export type CurvePoint = readonly [step: number, value: number];

/** One value over the steps of a run. */
export interface TrainingCurves {
  /** Such as `loss`. */
  readonly name: string;
  /** By step, at most as many as were asked for; values that are not finite are left out. */
  readonly train: readonly CurvePoint[];
  readonly eval: readonly CurvePoint[];
  /** From steps to places. */
  readonly x: ScaleLinear<number, number>;
  /** From values to places, over a range that ends in round numbers. */
  readonly y: ScaleLinear<number, number>;
  /** Round numbers in both ranges, for their axes; those of the steps are whole. */
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
}

/** What both kinds of plots take. */
export interface PlotOptions {
  /** Values to plot, each by itself; by default `loss` and whatever was measured in evaluations. */
  readonly values?: readonly string[];
}

/** What the room for the curves asks of them. */
export interface CurveLayout {
  /** Points of a curve; where there are more, neighbours are put together as their mean. */
  readonly most: number;
  /** Whether all groups have the same range of steps, instead of each its own. */
  readonly isAligned: boolean;
  /** Ticks that the axis of values aims at. */
  readonly ticks: number;
}

/**
 * The curves of a run, one group for each value.
 *
 * @throws {InputError} when there is nothing to plot.
 */
export function trainingCurves(
  records: readonly LogRecord[],
  { values = defaultValues(records) }: PlotOptions,
  { most, isAligned, ticks }: CurveLayout,
): TrainingCurves[] {
  const groups = values
    .map((name) => ({ name, train: curveOf(records, 'train', name), eval: curveOf(records, 'eval', name) }))
    .filter(({ train, eval: evaluated }) => train.length + evaluated.length > 0);
  if (groups.length === 0) {
    throw new InputError(
      `A plot needs a record with a finite value of ${values.join(', ')}, received ${records.length} records without; log one first.`,
      { expected: values },
    );
  }
  const all = groups.flatMap(pointsOf);
  return groups.map((group) => {
    const own = pointsOf(group);
    const x = scaleLinear(rangeOf(isAligned ? all : own, 0), [0, 1]);
    const y = scaleLinear(rangeOf(own, 1), [0, 1]).nice(ticks);
    return {
      name: group.name,
      train: thinned(group.train, most),
      eval: thinned(group.eval, most),
      x,
      y,
      xTicks: x.ticks(STEP_TICKS).filter(Number.isInteger),
      yTicks: y.ticks(ticks),
    };
  });
}

/** Ticks that the axis of steps aims at. */
const STEP_TICKS = 5;

function pointsOf({ train, eval: evaluated }: Pick<TrainingCurves, 'train' | 'eval'>): CurvePoint[] {
  return [...train, ...evaluated];
}

function defaultValues(records: readonly LogRecord[]): string[] {
  const measured = records.flatMap(({ kind, values }) => (kind === 'eval' ? Object.keys(values) : []));
  return [...new Set(['loss', ...measured])];
}

/** In the order of the steps; of several values of a step the last. */
function curveOf(records: readonly LogRecord[], kind: LogRecord['kind'], name: string): CurvePoint[] {
  const byStep = new Map<number, number>();
  for (const record of records) {
    const value = Object.hasOwn(record.values, name) ? record.values[name] : undefined;
    // What float32 cannot hold is no result of a model, and sums of it would overflow.
    if (record.kind === kind && value !== undefined && Number.isFinite(Math.fround(value))) {
      byStep.set(record.step, value);
    }
  }
  return [...byStep].sort(([first], [second]) => first - second);
}

function thinned(points: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  if (points.length <= most) return points;
  const together = Math.ceil(points.length / most);
  return Array.from({ length: Math.ceil(points.length / together) }, (_, index) => {
    const group = points.slice(index * together, (index + 1) * together);
    const mean = (part: 0 | 1) => group.reduce((sum, point) => sum + point[part], 0) / group.length;
    return [mean(0), mean(1)] as const;
  });
}

/** Least and greatest step or value; where they are the same a range around them. */
function rangeOf(points: readonly CurvePoint[], part: 0 | 1): [number, number] {
  const numbers = points.map((point) => point[part]);
  const least = numbers.reduce((a, b) => Math.min(a, b));
  const most = numbers.reduce((a, b) => Math.max(a, b));
  if (least < most) return [least, most];
  const room = Math.max(Math.abs(least) * 0.1, Number.isInteger(least) ? 1 : 0);
  return [least - room, most + room];
}
