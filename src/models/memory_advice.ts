import type { DebertaV2Config } from '../config/deberta_v2_config';
import { estimateMemory } from './estimate_memory';
import type { MemoryOptions } from './memory_options';

/** A way to need less memory. */
export interface MemoryAdvice {
  /** What to change, as the object of "use". */
  readonly change: string;
  /** Bytes needed then, as `estimateMemory` counts. */
  readonly total: number;
}

/** A change that gains less is not worth the words. */
const LEAST_GAIN = 0.05;

/** Texts are rarely shorter. */
const SHORTEST = 32;

/**
 * What to change so that a step, or `predict`, needs less memory, with what it needs then: gradient checkpointing, a
 * smaller batch (with accumulation, which trains alike), shorter texts, frozen embeddings.
 *
 * @returns each change on its own, those that leave the results alone first; empty where nothing helps.
 *
 * @example
 * memoryAdvice(config, { batch: 8, length: 512 })[0]; // { change: 'gradient checkpointing', total: 2400000000 }
 */
export function memoryAdvice(config: DebertaV2Config, options: MemoryOptions): MemoryAdvice[] {
  const { total } = estimateMemory(config, options);
  return changesOf(options)
    .map(({ change, options: changed }) => ({ change, total: estimateMemory(config, changed).total }))
    .filter((advice) => advice.total < (1 - LEAST_GAIN) * total);
}

function changesOf(options: MemoryOptions): Array<{ change: string; options: MemoryOptions }> {
  const { batch, length, training = true, gradientCheckpointing = false, accumulation = 1, frozen } = options;
  const changes: Array<{ change: string; options: MemoryOptions }> = [];
  if (training && !gradientCheckpointing) {
    changes.push({ change: 'gradient checkpointing', options: { ...options, gradientCheckpointing: true } });
  }
  if (batch > 1) {
    const half = Math.floor(batch / 2);
    const calls = Math.ceil(batch / half) * accumulation;
    changes.push(
      training
        ? {
            change: `batches of ${half} with accumulation over ${calls}`,
            options: { ...options, batch: half, accumulation: calls },
          }
        : { change: `batches of ${half}`, options: { ...options, batch: half } },
    );
  }
  if (length >= 2 * SHORTEST) {
    const half = Math.floor(length / 2);
    changes.push({ change: `texts of ${half} tokens`, options: { ...options, length: half } });
  }
  if (training && !frozen?.embeddings) {
    changes.push({ change: 'frozen embeddings', options: { ...options, frozen: { ...frozen, embeddings: true } } });
  }
  return changes;
}
