import type { DebertaV2Config } from '../config/deberta_v2_config';
import { BackendError } from '../errors';
import { formatBytes } from '../files/format_bytes';
import { estimateMemory } from './estimate_memory';
import { memoryAdvice } from './memory_advice';
import type { MemoryOptions } from './memory_options';

/** What backends and V8 say when memory runs out. */
const OUT_OF_MEMORY = [
  // wasm; ours is that of `guardWasmMemory`.
  /out of memory/i,
  /\bOOM\b/,
  /memory access out of bounds/,
  /cannot enlarge memory/i,
  // TensorFlow; 8 is its code for exhausted resources.
  /RESOURCE_EXHAUSTED|resource exhausted/i,
  /Invalid TF_Status: 8\b/,
  /bad_alloc/,
  /failed to allocate/i,
  // WebGL and WebGPU.
  /Requested texture size/,
  /Unable to create WebGLTexture/,
  /CONTEXT_LOST_WEBGL/,
  // V8.
  /Array buffer allocation failed/,
  /Invalid (typed )?array (buffer )?length/i,
];

/**
 * Turns what a backend throws when memory runs out into an error with the numbers and what to change.
 *
 * @param error whatever was thrown.
 * @param options of the step, or of `predict`, that threw it.
 * @returns a `BackendError` with the first as its cause, and the estimate as `expected`; any other error as it is.
 *
 * @example
 * try {
 *   step();
 * } catch (error) {
 *   throw explainOutOfMemory(error, model.config, { batch: 8, length: 512 });
 * }
 */
export function explainOutOfMemory(error: unknown, config: DebertaV2Config, options: MemoryOptions): unknown {
  if (!(error instanceof Error) || !OUT_OF_MEMORY.some((pattern) => pattern.test(error.message))) return error;
  const { batch, length, training = true } = options;
  const estimate = estimateMemory(config, options);
  const { total, ...parts } = estimate;
  const detail = Object.entries(parts)
    .filter(([, bytes]) => bytes > 0)
    .map(([part, bytes]) => `${part} ${formatBytes(bytes)}`);
  const advice = memoryAdvice(config, options).map((change) => `${change.change} (about ${formatBytes(change.total)})`);
  const what = training ? 'A training step' : 'A prediction';
  const help = advice.length > 0 ? `use ${advice.join(', or ')}` : 'use a smaller model, or another machine';
  return new BackendError(
    `${what} of batch ${batch} and length ${length} needs about ${formatBytes(total)} (${detail.join(', ')}), more than there is; ${help}.`,
    { path: 'memory', expected: estimate, received: { batch, length }, cause: error },
  );
}
