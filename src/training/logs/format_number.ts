/** A number in four significant digits, as it is read most easily: `0.4213`, `2e-7`, `12,840`. */
export function formatNumber(value: number): string {
  const rounded = Number(value.toPrecision(4));
  const size = Math.abs(rounded);
  if (!Number.isFinite(rounded)) return String(rounded);
  if ((size > 0 && size < 1e-3) || size >= 1e9) return rounded.toExponential().replace('e+', 'e');
  return rounded.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
