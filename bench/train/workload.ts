import { DebertaV2Config } from '../../src/index';
import type { BatchShape } from '../batch_shape';
import { BASE, type PublishedShape, XSMALL } from '../published_shapes';
import type { Lesson } from './protocol';

/** Models that are trained, by the shapes of their published namesakes. */
export const MODEL_NAMES = ['xsmall', 'base'] as const;

export type ModelName = (typeof MODEL_NAMES)[number];

const MODELS: Readonly<Record<ModelName, PublishedShape>> = { xsmall: XSMALL, base: BASE };

/** What is timed. */
export interface Workload {
  readonly model: ModelName;
  readonly shape: BatchShape;
  /** Rate of both dropouts, of hidden states and of attention. */
  readonly dropout: number;
}

/** The model and the batch of a workload: ids spread over the vocabulary, classes 0 and 1 by turns. */
export function lessonOf({ model, shape: [batch, length], dropout }: Workload): Lesson {
  const config = new DebertaV2Config({
    ...MODELS[model].config,
    hiddenDropoutProb: dropout,
    attentionProbsDropoutProb: dropout,
    numLabels: 2,
  });
  const idAt = (index: number) => 1 + ((index * 7919) % (config.vocabSize - 1));
  return {
    config: config.toJSON(),
    ids: Array.from({ length: batch }, (_, row) => Array.from({ length }, (_, column) => idAt(row * length + column))),
    labels: Array.from({ length: batch }, (_, row) => row % 2),
  };
}
