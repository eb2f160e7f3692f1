import type { Program, ValueName } from './program';

/** The values that no step after each step reads; without this, all layers' values would live until the end. */
export function lastRead({ steps, result }: Program): ValueName[][] {
  const reads = steps.map((step) => {
    if (step.kind === 'embed') return [];
    if (step.kind === 'attend') return [step.input, step.queries ?? step.input];
    return 'residual' in step ? [step.input, step.residual] : [step.input];
  });
  return reads.map((names, index) => {
    const later = new Set([result.value, ...reads.slice(index + 1).flat()]);
    return [...new Set(names)].filter((name) => !later.has(name));
  });
}
