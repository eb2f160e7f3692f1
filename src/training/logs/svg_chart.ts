import { line } from 'victory-vendor/d3-shape';
import { formatNumber } from './format_number';
import type { CurvePoint, TrainingCurves } from './training_curves';

/** Pixels around the plotted part: title above, labels of the ticks left and below. */
const MARGIN = { top: 48, right: 24, bottom: 44, left: 68 };

/** Dots are drawn while there is room for them. */
const MOST_DOTS = 60;

/** One chart: title, legend, axes, a line for each kind of record, with dots for evaluations. */
export function svgChart(curves: TrainingCurves, width: number, height: number): string {
  const { name, xTicks, yTicks } = curves;
  const [left, right] = [MARGIN.left, width - MARGIN.right];
  const [top, bottom] = [MARGIN.top, height - MARGIN.bottom];
  const x = curves.x.copy().range([left, right]);
  const y = curves.y.copy().range([bottom, top]);
  const path = line<CurvePoint>(
    ([step]) => round(x(step)),
    ([, value]) => round(y(value)),
  );
  const dots = curves.eval.length > MOST_DOTS ? [] : curves.eval;
  return [
    ...yTicks.map(y).map((at) => `<path class="grid" d="M${left} ${round(at)}H${right}"/>`),
    ...yTicks.map((tick) => text('end', left - 8, y(tick) + 4, formatNumber(tick))),
    ...xTicks.map((tick) => text('middle', x(tick), bottom + 18, formatNumber(tick))),
    text('middle', (left + right) / 2, bottom + 36, 'step'),
    text('title', left, 26, name),
    ...legend(curves, right),
    ...(['train', 'eval'] as const).map((kind) => `<path class="curve ${kind}" d="${path(curves[kind]) ?? ''}"/>`),
    ...dots.map((point) => dot(x(point[0]), y(point[1]), `${name} ${formatNumber(point[1])} at step ${point[0]}`)),
  ].join('\n');
}

/** Names of the curves that there are, from the right. */
function legend(curves: TrainingCurves, right: number): string[] {
  const kinds = (['eval', 'train'] as const).filter((kind) => curves[kind].length > 0);
  return kinds.flatMap((kind, index) => {
    const end = right - index * 70;
    return [text('end', end, 26, kind), `<path class="curve ${kind}" d="M${end - 54} 22h18"/>`];
  });
}

function dot(x: number, y: number, title: string): string {
  return `<circle class="eval" cx="${round(x)}" cy="${round(y)}" r="3"><title>${escapeXml(title)}</title></circle>`;
}

function text(style: string, x: number, y: number, content: string): string {
  return `<text class="${style}" x="${round(x)}" y="${round(y)}">${escapeXml(content)}</text>`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** XML has no way to write control characters. */
function escapeXml(content: string): string {
  return content
    .replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
