/** Label of what does not count in a loss or a metric, as in PyTorch and transformers. */
export const IGNORED_LABEL = -100;
