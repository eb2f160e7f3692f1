import { UsageError } from '../errors';

/**
 * Options of SiFT, fine-tuning by virtual adversarial training; see `compile`.
 *
 * He et al., "DeBERTa: Decoding-enhanced BERT with Disentangled Attention" (2021), section 4; the numbers are those of
 * microsoft/DeBERTa.
 *
 * @example
 * model.compile({ optimizer, sift: { lambda: 3 } }); // as in the recipe of deberta-v3-xsmall
 */
export interface SiftOptions {
  /** Weight of the adversarial term in the loss, above 0; 5 by default. */
  readonly lambda?: number | undefined;
  /** Standard deviation of the perturbation to begin with, cut off at twice that, at least 0; 1e-2 by default. */
  readonly perturbation?: number | undefined;
  /** The largest change of a component in the step that makes it adversarial, at least 0; 1e-4 by default. */
  readonly stepSize?: number | undefined;
}

const MINIMA = {
  lambda: { allows: (value: number) => value > 0, text: 'above 0' },
  perturbation: { allows: (value: number) => value >= 0, text: 'of at least 0' },
  stepSize: { allows: (value: number) => value >= 0, text: 'of at least 0' },
} as const;

/**
 * The options with the defaults filled in.
 *
 * @throws {UsageError} for an option that is unknown or out of range.
 */
export function resolveSiftOptions(options: SiftOptions): Required<{ [Name in keyof SiftOptions]: number }> {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(MINIMA, name));
  if (unknown !== undefined) {
    throw new UsageError(`sift takes ${Object.keys(MINIMA).join(', ')}, received ${unknown}; leave it out.`, {
      path: `sift.${unknown}`,
      expected: Object.keys(MINIMA),
      received: unknown,
    });
  }
  const { lambda = 5, perturbation = 1e-2, stepSize = 1e-4 } = options;
  const resolved = { lambda, perturbation, stepSize };
  for (const name of Object.keys(MINIMA) as (keyof typeof MINIMA)[]) {
    const { allows, text } = MINIMA[name];
    if (Number.isFinite(resolved[name]) && allows(resolved[name])) continue;
    throw new UsageError(`sift.${name} must be a finite number ${text}, received ${resolved[name]}.`, {
      path: `sift.${name}`,
      expected: text,
      received: resolved[name],
    });
  }
  return resolved;
}
