import type { Batch } from '../data/batch';
import type { TrainStepResult } from '../models/train_step_result';
import { memoryUsage } from './memory_usage';

/** What the steps between two records of a run add up to. */
export class StepInterval {
  /** Losses and metrics of batches that count, by name. */
  readonly #sums = new Map<string, number>();
  #counted = 0;
  #skipped = 0;
  #unlabelled = 0;
  #tokens = 0;
  #seconds = 0;
  #learningRate: number | undefined;
  #gradientNorm: number | undefined;

  /**
   * @param isLabelled whether a label of the batch counts; one without has no loss.
   * @param seconds that it took, with the wait for its data.
   */
  add(batch: Batch, result: TrainStepResult, isLabelled: boolean, seconds: number): void {
    this.#tokens += batch.tokens;
    this.#seconds += seconds;
    this.#learningRate = result.learningRate;
    this.#gradientNorm = result.gradientNorm ?? this.#gradientNorm;
    if (!isLabelled) this.#unlabelled++;
    else if (result.isSkipped) this.#skipped++;
    else {
      this.#counted++;
      for (const [name, value] of Object.entries({ loss: result.loss, ...result.metrics })) {
        this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
      }
    }
  }

  /**
   * By the names that records have for them: means of loss and metrics over the batches, the last learning rate and
   * gradient norm, speed, and memory in use. What is not known, or did not happen, is left out.
   */
  values(): Record<string, number> {
    const values = {
      ...Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#counted])),
      learning_rate: this.#learningRate,
      gradient_norm: this.#gradientNorm,
      tokens_per_second: this.#tokens / this.#seconds,
      memory_mb: memoryUsage(),
      skipped_batches: this.#skipped || undefined,
      unlabelled_batches: this.#unlabelled || undefined,
    };
    const isKnown = (entry: [string, number | undefined]): entry is [string, number] => Number.isFinite(entry[1]);
    return Object.fromEntries(Object.entries(values).filter(isKnown));
  }
}
