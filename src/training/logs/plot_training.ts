import { plot } from 'simple-ascii-chart';
import type { LogRecord } from '../training_log';
import { formatNumber } from './format_number';
import { requireWhole } from './require_whole';
import { type CurvePoint, type PlotOptions, type TrainingCurves, trainingCurves } from './training_curves';

/** Options of `plotTraining`. */
export interface TextPlotOptions extends PlotOptions {
  /** Characters of the plotted part in a line, 70 by default. */
  readonly width?: number;
  /** Lines of the plotted part of each chart, 12 by default. */
  readonly height?: number;
}

/**
 * Loss and metrics over the steps of a run as text for a terminal, one chart below the other.
 *
 * The line is what was measured in training, the dots what was measured in evaluations; where there is only one of
 * them it is the line.
 *
 * @throws {InputError} when no record has a finite value of what is to be plotted.
 * @throws {UsageError} when a size is below 10 or 3 or above 1000.
 *
 * @example
 * console.log(plotTraining(await readTrainingLog('runs/first.jsonl'), { values: ['loss', 'f1'] }));
 */
export function plotTraining(
  records: readonly LogRecord[],
  { width = 70, height = 12, ...options }: TextPlotOptions = {},
): string {
  requireWhole('width', width, 10, 1000);
  requireWhole('height', height, 3, 1000);
  const curves = trainingCurves(records, options, {
    most: width,
    isAligned: false,
    ticks: Math.ceil(height / LINES_PER_TICK),
  });
  return curves.map((group) => chart(group, width, height)).join('\n');
}

/** With fewer, rounding to lines would put points beside a tick that they lie on. */
const LINES_PER_TICK = 3;

function chart(
  { name, train, eval: evaluated, x, y, xTicks, yTicks }: TrainingCurves,
  width: number,
  height: number,
): string {
  const hasBoth = train.length > 0 && evaluated.length > 0;
  const [kind, line, dots] =
    train.length > 0 ? (['train', train, evaluated] as const) : (['eval', evaluated, []] as const);
  const labels = new Map(yTicks.map((tick) => [tick, formatNumber(tick)]));
  const labelWidth = Math.max(...Array.from(labels.values(), (label) => label.length));
  const text = plot(heldOver(line, x.domain()), {
    width,
    height,
    title: name,
    yRange: y.domain() as [number, number],
    customXAxisTicks: [...xTicks],
    customYAxisTicks: [...labels.keys()],
    // Of one width: the library makes room for the labels of the points, not for those of the ticks.
    formatter: (value, { axis }) =>
      axis === 'x' ? formatNumber(value) : (labels.get(value) ?? '').padStart(labelWidth),
    points: dots.map(([step, value]) => ({ x: step, y: value })),
    legend: { position: 'bottom', series: [kind], ...(hasBoth ? { points: ['eval'] } : {}) },
  });
  const rows = text.split('\n').map((row) => row.trimEnd());
  return rows
    .filter((row) => row !== '')
    .join('\n')
    .concat('\n');
}

/**
 * The line with its ends held over the whole range of steps, which the library takes from the line alone: dots beyond
 * would be on the margin.
 */
function heldOver(line: readonly CurvePoint[], [first, last]: readonly number[]): [number, number][] {
  const points = line.map(([step, value]): [number, number] => [step, value]);
  const [start, end] = [points[0]!, points.at(-1)!];
  if (first! < start[0]) points.unshift([first!, start[1]]);
  if (last! > end[0]) points.push([last!, end[1]]);
  return points;
}
