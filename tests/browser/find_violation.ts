import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { PolicyViolation } from './policy_violations';

/** Packages that try whether they may make code, and do without if they may not. */
const TRYING_PACKAGES = /\/node_modules\/(zod|long)\//;

/** The map of a script that has it beside it. */
export function readSourceMap(script: string): SourceMap {
  return new SourceMap(JSON.parse(readFileSync(`${script}.map`, 'utf8')));
}

/** The first thing that the page's policy forbids and that code other than of careful packages tried. */
export function violationOf(
  { violations }: { readonly violations: readonly PolicyViolation[] },
  sourceMap: SourceMap,
): string | undefined {
  const sources = violations.map(({ line, column }) => {
    const entry = sourceMap.findEntry(line - 1, column - 1);
    return 'originalSource' in entry ? entry.originalSource : 'an unknown place';
  });
  const wrong = sources.find((source) => !TRYING_PACKAGES.test(source));
  return wrong === undefined ? undefined : `${wrong} tried what the page's policy forbids`;
}
