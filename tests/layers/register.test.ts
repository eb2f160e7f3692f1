import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { REGISTRY_PACKAGE } from '../../src/layers/register';

const FOLDER = join(__dirname, '..', '..', 'src', 'layers');

/** Layers that a configuration alone cannot make: their class is not registered on purpose. */
const NEEDS_MORE = ['DebertaV2MaskedLMHead'];

const CLASS_NAMES = readdirSync(FOLDER).flatMap((file) =>
  [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/static className = '(\w+)'/g)].map((match) => match[1]!),
);

test('there are layers to register', () => expect(CLASS_NAMES.length).toBeGreaterThan(15));

test.each(CLASS_NAMES)('%s is registered, so that saved models may hold it', (className) => {
  const [layerClass] = tf.serialization.SerializationMap.getMap().classNameMap[className] ?? [];
  if (NEEDS_MORE.includes(className)) {
    expect(layerClass).toBeUndefined();
    return;
  }
  expect(layerClass!.className).toBe(className);
  expect(tf.serialization.getRegisteredName(layerClass!)).toBe(`${REGISTRY_PACKAGE}>${className}`);
});
