/** Formats this package writes. */
export const CHECKPOINT_FORMATS = ['tfjs', 'safetensors', 'h5', 'tf2'] as const;

/** One of {@link CHECKPOINT_FORMATS}. */
export type CheckpointFormat = (typeof CHECKPOINT_FORMATS)[number];
