import type { LogRecord } from '../training_log';
import { requireWhole } from './require_whole';
import { svgChart } from './svg_chart';
import { type PlotOptions, trainingCurves } from './training_curves';

/** Options of `trainingCurveSvg`. */
export interface SvgPlotOptions extends PlotOptions {
  /** Pixels across, 720 by default. */
  readonly width?: number;
  /** Pixels from the top of a chart to the top of the next, 260 by default. */
  readonly height?: number;
}

/** Colours of both, each told apart from its background and from the other by people who see colours otherwise. */
const STYLE = `
svg { --page: #ffffff; --text: #1f2328; --quiet: #59636e; --grid: #e4e8ec; --train: #2a78d6; --eval: #d9541e }
@media (prefers-color-scheme: dark) {
  svg { --page: #14181d; --text: #e6edf3; --quiet: #9198a1; --grid: #2c333b; --train: #5aa2f5; --eval: #f0883e }
}
text { font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: var(--quiet) }
.page { fill: var(--page) }
.title { font-size: 14px; font-weight: 600; fill: var(--text) }
.grid { stroke: var(--grid) }
.curve { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round }
.train { stroke: var(--train); stroke-width: 1.25 }
.eval { stroke: var(--eval) }
circle.eval { fill: var(--page); stroke-width: 1.75 }
.middle { text-anchor: middle }
.end { text-anchor: end }
`;

/**
 * Loss and metrics over the steps of a run as an SVG image that needs nothing else: no script, no font, no style sheet.
 *
 * One chart below the other, each with its own axis of values. Colours follow the reader's choice of light or dark.
 *
 * @throws {InputError} when no record has a finite value of what is to be plotted.
 * @throws {UsageError} when a size is below 200 or above 10000.
 *
 * @example
 * await writeFile('curves.svg', trainingCurveSvg(records, { values: ['loss', 'f1'] }));
 */
export function trainingCurveSvg(
  records: readonly LogRecord[],
  { width = 720, height = 260, ...options }: SvgPlotOptions = {},
): string {
  requireWhole('width', width, 200, 10_000);
  requireWhole('height', height, 200, 10_000);
  const groups = trainingCurves(records, options, { most: width, isAligned: true, ticks: 5 });
  const whole = height * groups.length;
  const charts = groups.map(
    (group, index) => `<g transform="translate(0 ${index * height})">${svgChart(group, width, height)}</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" role="img" aria-label="Training curves">`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${width}" height="${whole}"/>`,
    ...charts,
    '</svg>\n',
  ].join('\n');
}
