import * as tf from '@tensorflow/tfjs';
import type { Architecture } from '../../src/config/architecture';
import type { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { reverseAxes } from '../../src/convert/numbers/reverse_axes';
import { type WeightSpec, weightSpecs } from '../../src/convert/weight_names';
import { buildWithWeights } from '../../src/layers/deberta_layer';
import type { ModelOptions } from '../../src/models/model_options';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';

/** The values every fixture's model is filled with, by the PyTorch name and layout of the weight. */
export function deterministicValues(pytorchName: string, size: number): Float32Array {
  const phase = 0.013 * [...pytorchName].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const offset = pytorchName.endsWith('LayerNorm.weight') ? 1 : 0;
  return Float32Array.from({ length: size }, (_, index) => 0.25 * Math.sin(0.37 * (index + 1) + phase) + offset);
}

/** A weight's values in the layout of TensorFlow; PyTorch's bare model has no `deberta.` in its names. */
export function deterministicWeight(spec: WeightSpec, architecture: Architecture): Float32Array {
  const name = architecture === 'TFDebertaV2Model' ? spec.name.replace(/^deberta\./, '') : spec.name;
  const values = deterministicValues(name, tf.util.sizeFromShape([...spec.shape]));
  return spec.transform === 'none' ? values : reverseAxes(values, spec.pytorchShape);
}

/** A model with the fixtures' weights. */
export function deterministicModel<Model extends TFDebertaV2PreTrainedModel>(
  modelClass: ModelClass<Model>,
  config: DebertaV2Config,
  options: ModelOptions = {},
): Model {
  const specs = new Map(weightSpecs(config, modelClass.className).map((spec) => [spec.tfName, spec]));
  return buildWithWeights(
    (path, shape) => tf.tensor(deterministicWeight(specs.get(path)!, modelClass.className), shape),
    () => new modelClass(config, options),
  );
}
