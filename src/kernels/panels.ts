/** Columns of a panel, see assembly/pack.ts. */
const PANEL = 8;

/** Columns in whole panels. */
export function inPanels(columns: number): number {
  return PANEL * Math.ceil(columns / PANEL);
}
