/** Pythons to ask, the first first: the one named, else those of the PATH. */
export function pythonCandidates(python: string | undefined): readonly string[] {
  return python === undefined ? ['python3', 'python'] : [python];
}
