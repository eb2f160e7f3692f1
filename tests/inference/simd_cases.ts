import * as tf from '@tensorflow/tfjs';
import { RandomStream } from '../../src/ops/random_stream';
import { fixtureNamed, type Lowered, lowered, type ModelName } from './executor_cases';

const random = new RandomStream(3);

/** A whole number below another. */
export const integer = (below: number) => Math.floor(below * random.next());

/** Ids of texts of one length. */
export function randomIds(batch: number, length: number): number[][] {
  return Array.from({ length: batch }, () => Array.from({ length }, () => 1 + integer(49)));
}

/** A mask of texts that are so long, in front of their padding. */
export function maskOf(lengths: readonly number[], length: number): number[][] {
  return lengths.map((real) => Array.from({ length }, (_, position) => Number(position < real)));
}

const given = new Map<string, Lowered>();

/** A model of a fixture's configuration, made once. */
export function modelOf(fixture: string, name: ModelName): Lowered {
  const key = `${fixture} ${name}`;
  const made = given.get(key) ?? lowered(fixtureNamed(fixture).config, name);
  given.set(key, made);
  return made;
}

/** What tensors hold, bit by bit, and given back. */
export function valuesOf(outputs: tf.Tensor[]): Float32Array[] {
  const values = outputs.map((output) => output.dataSync<'float32'>().slice());
  tf.dispose(outputs);
  return values;
}
