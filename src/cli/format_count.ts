/** `141304320` → `141,304,320`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
