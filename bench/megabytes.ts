/** Bytes as whole megabytes of a million. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
