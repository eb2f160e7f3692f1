import type { Architecture } from '../config/architecture';
import type { LoadingInfo } from '../convert/weight_plan';
import { CheckpointError } from '../errors';

/**
 * Refuses a model whose head would start fresh: it would predict noise.
 *
 * @param source as given by the user, for the message.
 * @throws {CheckpointError} when weights of the head are missing, or have another shape.
 */
export function requireTrainedHead(source: string, architecture: Architecture, info: LoadingInfo): void {
  const [missing] = [...info.missingKeys, ...info.mismatchedKeys.map(({ name }) => name)];
  if (missing === undefined) return;
  throw new CheckpointError(
    `${source} must hold the trained head of ${architecture} to predict with, and lacks ${missing} (or has it in another shape); train it first.`,
    { path: missing, expected: architecture },
  );
}
