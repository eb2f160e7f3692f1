import { UsageError } from '../errors';
import type { DebertaV2MainLayer } from '../layers/main_layer';

/** Which parts of an encoder {@link freeze} keeps as they are. */
export interface FreezeOptions {
  /** Whether the word, position and token-type embeddings with their normalization are frozen, false by default. */
  readonly embeddings?: boolean;
  /** How many blocks are frozen, counted from the embeddings; 0 by default. */
  readonly layers?: number;
  /**
   * Whether the table of relative positions is frozen; by default where `layers` is above 0.
   *
   * Every block reads it: while it is trained, the backward pass goes through all blocks, frozen or not.
   */
  readonly relativeEmbeddings?: boolean;
}

/**
 * Keeps parts of an encoder from being trained, by `trainable` of its layers, as in Keras.
 *
 * With the first block goes the convolution beside it. Where the embeddings, the relative table and the first blocks
 * are frozen, training keeps nothing for a gradient of them, and the backward pass ends above them. What is frozen
 * already stays so; `model.trainable = true` undoes it. Call it before `compile`, which notes what is to be trained.
 *
 * @throws {UsageError} when there are not that many blocks; nothing is frozen then.
 *
 * @example
 * freeze(model.deberta, { embeddings: true, layers: 6 });
 */
export function freeze(deberta: DebertaV2MainLayer, options: FreezeOptions): void {
  const { embeddings, encoder } = deberta;
  const { layers = 0, relativeEmbeddings = layers > 0 } = options;
  if (!Number.isInteger(layers) || layers < 0 || layers > encoder.blocks.length) {
    throw new UsageError(
      `Layers to freeze must be a whole number from 0 to ${encoder.blocks.length}, received ${layers}; choose fewer.`,
      { path: 'layers', expected: encoder.blocks.length, received: layers },
    );
  }
  const frozen = [
    options.embeddings ? embeddings : undefined,
    relativeEmbeddings ? encoder.relativeEmbeddings : undefined,
    layers > 0 ? encoder.conv : undefined,
    ...encoder.blocks.slice(0, layers),
  ];
  for (const layer of frozen) {
    if (layer !== undefined) layer.trainable = false;
  }
}
