import { UsageError } from '../errors';

/** Ways of choosing layers by their number alone. */
export const LAYER_STRATEGIES = ['first', 'last', 'even'] as const;

/** So many layers, chosen by a rule. */
export interface LayerStrategy {
  /** How many layers stay. */
  readonly keep: number;
  /**
   * `'first'` (default): those next to the embeddings, which Sajjad et al. (2020, "On the Effect of Dropping Layers of
   * Pre-trained Transformer Models") found best for most tasks; `'last'`: those next to the output; `'even'`: spread
   * over all, beginning with the first, such as every second one.
   */
  readonly strategy?: (typeof LAYER_STRATEGIES)[number];
}

/** Which layers of an encoder stay: their indices from the embeddings on, ascending, or a number and a rule. */
export type LayerChoice = readonly number[] | LayerStrategy;

/**
 * The indices of the layers that a choice keeps.
 *
 * @param count how many layers there are.
 * @throws {UsageError} for no layer, one that does not exist, comes twice or out of order, or a rule that does not
 *   exist.
 *
 * @example
 * layersToKeep({ keep: 3, strategy: 'even' }, 12); // [0, 4, 8]
 */
export function layersToKeep(choice: LayerChoice, count: number): number[] {
  if ('keep' in choice) return byStrategy(choice, count);
  const isAscending = choice.every((layer, index) => index === 0 || layer > choice[index - 1]!);
  const exist = choice.every((layer) => Number.isInteger(layer) && layer >= 0 && layer < count);
  if (choice.length > 0 && exist && isAscending) return [...choice];
  throw new UsageError(
    `Layers to keep must be ascending numbers from 0 to ${count - 1}, each once, received [${choice.join(', ')}]; name at least one of the layers there are.`,
    { path: 'keep', expected: `0 to ${count - 1}`, received: choice },
  );
}

function byStrategy({ keep, strategy = 'first' }: LayerStrategy, count: number): number[] {
  if (!Number.isInteger(keep) || keep < 1 || keep > count) {
    throw new UsageError(
      `The number of layers to keep must be a whole number from 1 to ${count}, received ${keep}; choose one of these.`,
      { path: 'keep', expected: `1 to ${count}`, received: keep },
    );
  }
  if (!LAYER_STRATEGIES.includes(strategy)) {
    throw new UsageError(
      `The strategy must be one of ${LAYER_STRATEGIES.join(', ')}, received ${JSON.stringify(strategy)}.`,
      { path: 'strategy', expected: LAYER_STRATEGIES, received: strategy },
    );
  }
  const start = strategy === 'last' ? count - keep : 0;
  const step = strategy === 'even' ? count / keep : 1;
  return Array.from({ length: keep }, (_, index) => start + Math.floor(index * step));
}
