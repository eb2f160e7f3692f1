import type { PreTrainedTokenizer } from '../../tokenization/pretrained_tokenizer';

/** Options of every collator: how features are brought to one length. */
export interface PaddingOptions {
  /** What pads, on the side and with the ids that are its own. */
  tokenizer: PreTrainedTokenizer;
  /** Pads to the longest feature of the batch (default) or always to `maxLength`. */
  padding?: 'longest' | 'max_length';
  /** Length to pad to with `padding: 'max_length'`. */
  maxLength?: number;
  /** Rounds lengths up to a multiple of this, so that batches have few different lengths. */
  padToMultipleOf?: number;
}
