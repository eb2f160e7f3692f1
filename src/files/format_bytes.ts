const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `283200000` → `283.2 MB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const scaled = bytes / 1000 ** power;
  return `${power === 0 ? scaled : scaled.toFixed(1)} ${UNITS[power]}`;
}
