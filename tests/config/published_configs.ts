/** What every published v2 and v3 `config.json` has in common. */
const common = {
  model_type: 'deberta-v2',
  attention_probs_dropout_prob: 0.1,
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  initializer_range: 0.02,
  max_position_embeddings: 512,
  relative_attention: true,
  position_buckets: 256,
  norm_rel_ebd: 'layer_norm',
  share_att_key: true,
  pos_att_type: 'p2c|c2p',
  layer_norm_eps: 1e-7,
  max_relative_positions: -1,
  position_biased_input: false,
  type_vocab_size: 0,
  vocab_size: 128100,
};

const v2 = { hidden_size: 1536, intermediate_size: 6144, num_attention_heads: 24, attention_head_size: 64 };
const convolution = { conv_kernel_size: 3, conv_act: 'gelu' };
const base = { hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12 };

/** `config.json` of the published models, by name. */
export const publishedConfigs = {
  'deberta-v2-xlarge': { ...common, ...v2, ...convolution, num_hidden_layers: 24 },
  'deberta-v2-xxlarge': { ...common, ...v2, ...convolution, num_hidden_layers: 48 },
  'deberta-v3-xsmall': {
    ...common,
    hidden_size: 384,
    intermediate_size: 1536,
    num_attention_heads: 6,
    num_hidden_layers: 12,
  },
  'deberta-v3-small': { ...common, ...base, num_hidden_layers: 6 },
  'deberta-v3-base': { ...common, ...base, num_hidden_layers: 12 },
  'deberta-v3-large': {
    ...common,
    hidden_size: 1024,
    intermediate_size: 4096,
    num_attention_heads: 16,
    num_hidden_layers: 24,
  },
  'mdeberta-v3-base': { ...common, ...base, num_hidden_layers: 12, vocab_size: 251000 },
};
