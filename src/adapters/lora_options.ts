import { UsageError } from '../errors';

/** What an adapter is like; the defaults are those of PEFT. */
export interface LoraOptions {
  /** Width between the two matrices of an addition; 8 by default. */
  readonly rank?: number | undefined;
  /** What is added is multiplied by `alpha / rank`; 8 by default. */
  readonly alpha?: number | undefined;
  /** Probability of a value that an addition reads becoming 0 while training; 0 by default. */
  readonly dropout?: number | undefined;
  /** Whether it is multiplied by `alpha / sqrt(rank)` instead (rank-stabilized LoRA); false by default. */
  readonly useRslora?: boolean | undefined;
  /**
   * Which dense layers get an addition: names by which they end (`query_proj`, `attention.output.dense`), or a pattern of
   * whole names (`deberta.encoder.layer.11.attention.self.query_proj`; `/.*\.layer\.1[01]\..*_proj/`). Names are those
   * of PyTorch; what `modulesToSave` names is left out. `query_proj` and `value_proj` by default.
   */
  readonly targets?: readonly string[] | RegExp | undefined;
  /**
   * Parts of the model that are trained and saved whole beside the additions, by how their names end; the head by
   * default, but for the pre-trained one of a masked language model.
   */
  readonly modulesToSave?: readonly string[] | undefined;
}

/** Numbers of an adapter, in force. */
export interface LoraNumbers {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly useRslora: boolean;
}

/** What targets are where nothing is said, as PEFT has it for this model. */
export const DEFAULT_TARGETS: readonly string[] = ['query_proj', 'value_proj'];

/**
 * The numbers that options come to.
 *
 * @throws {UsageError} for one out of range.
 */
export function loraNumbers({ rank = 8, alpha = 8, dropout = 0, useRslora = false }: LoraOptions): LoraNumbers {
  requireNumber('rank', rank, 'a whole number above 0', Number.isSafeInteger(rank) && rank > 0);
  requireNumber('alpha', alpha, 'a number above 0', Number.isFinite(alpha) && alpha > 0);
  requireNumber('dropout', dropout, 'at least 0 and below 1', dropout >= 0 && dropout < 1);
  return { rank, alpha, dropout, useRslora };
}

function requireNumber(name: string, received: unknown, expected: string, fits: boolean): void {
  if (fits) return;
  throw new UsageError(`Option ${name} of an adapter must be ${expected}, received ${received}; correct it.`, {
    path: name,
    expected,
    received,
  });
}

/** What an addition is multiplied by. */
export function loraFactor({ rank, alpha, useRslora }: LoraNumbers): number {
  return alpha / (useRslora ? Math.sqrt(rank) : rank);
}
