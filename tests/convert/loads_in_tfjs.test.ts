import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { ARCHITECTURES } from '../../src/config/architecture';
import { writeCheckpoint } from '../../src/convert/checkpoint_writer';
import { weightSpecs } from '../../src/convert/weight_names';
import '../../src/models/register';
import { countedValues, countingValues, readJsonFile, smallConfig, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();

test.each(ARCHITECTURES)('tf.loadLayersModel opens %s', async (architecture) => {
  const specs = weightSpecs(smallConfig, architecture);
  const options = { config: smallConfig, architecture, format: 'tfjs', maxShardSize: 3001 } as const;
  await writeCheckpoint(folder.path, options, specs, countingValues);
  const { modelTopology, weightsManifest } = await readJsonFile(folder.join('model.json'));
  const [{ paths, weights }] = weightsManifest;
  const bytes = Buffer.concat(await Promise.all(paths.map((path: string) => readFile(folder.join(path)))));
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData: new Uint8Array(bytes).buffer }),
  );
  expect(model.getClassName()).toBe(architecture);
  const values = new Map(model.weights.map((weight) => [weight.originalName, weight.read().dataSync()]));
  expect(values).toEqual(new Map(specs.map((spec) => [spec.tfName, countedValues(spec)])));
  model.dispose();
});
