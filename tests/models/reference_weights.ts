import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { openSafetensors } from '../../src/convert/safetensors/safetensors_reader';
import { type WeightSpec, weightSpecs } from '../../src/convert/weight_names';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { localFolder } from '../../src/sources/local_folder';
import { FIXTURES } from './cases';

/** A weight of a model, and what the reference says of it. */
export interface ReferenceWeight {
  /** Its name in PyTorch. */
  readonly name: string;
  readonly variable: tf.Variable;
  /** The reference's numbers, laid out as the weight. */
  readonly expected: tf.Tensor;
}

/** Reads a fixture with one tensor for each weight of a model, no more and no fewer. */
export async function readReferenceWeights(
  model: TFDebertaV2PreTrainedModel,
  folder: string,
  file: string,
): Promise<ReferenceWeight[]> {
  const { className } = model.constructor as ModelClass<typeof model>;
  const specs = weightSpecs(model.config, className);
  const reference = await openSafetensors(localFolder(join(FIXTURES, folder)), file);
  expect([...reference.tensors.keys()].sort()).toEqual(specs.map(({ name }) => name).sort());
  const weights: ReferenceWeight[] = [];
  for (const weight of model.weights) {
    const spec = specs.find(({ tfName }) => tfName === weight.originalName)!;
    const expected = laidOut(spec, await reference.read(spec.name));
    weights.push({ name: spec.name, variable: weight.read() as tf.Variable, expected });
  }
  await reference.close();
  return weights;
}

function laidOut({ pytorchShape, transform }: WeightSpec, values: Float32Array): tf.Tensor {
  const tensor = tf.tensor(values, [...pytorchShape]);
  return transform === 'none' ? tensor : tf.transpose(tensor);
}
