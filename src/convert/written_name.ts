import { type Architecture, toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { CheckpointFormat } from './checkpoint_format';
import { objectGraphKey } from './tensorflow/object_graph_key';
import type { WeightSpec } from './weight_names';

/**
 * What a weight is called in a file of a format, as its framework calls it.
 *
 * @example
 * writtenName('h5', spec, { architecture: 'TFDebertaV2Model', config });
 * // 'tf_deberta_v2_model/deberta/embeddings/LayerNorm/gamma:0'
 */
export function writtenName(
  format: CheckpointFormat,
  { name, tfName }: WeightSpec,
  { architecture, config }: { readonly architecture: Architecture; readonly config: DebertaV2Config },
): string {
  switch (format) {
    case 'tfjs':
      return tfName;
    case 'safetensors':
      // The bare encoder has no parent, hence no prefix.
      return architecture === 'TFDebertaV2Model' ? name.replace(/^deberta\./, '') : name;
    case 'h5':
      return `${toModelName(architecture)}/${tfName}:0`;
    case 'tf2':
      return objectGraphKey(tfName, config);
  }
}
