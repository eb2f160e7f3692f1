import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { type MaskedLmHeadName, withMaskedLmHead } from '../config/masked_lm_head_name';
import { CheckpointError } from '../errors';
import type { TensorInfo } from './checkpoint_reader';
import { canonicalName } from './weight_names';

/** What of masked-LM heads a file holds. */
interface HeldHeads {
  readonly cls: boolean;
  readonly lmPredictions: boolean;
  /** The table of absolute positions. */
  readonly positions: boolean;
}

/**
 * Chooses the masked-LM head by what a file holds: `cls.predictions` (Hugging Face), or `lm_predictions` (original),
 * with the enhanced mask decoder where the file holds a table of positions that is not part of the input.
 *
 * The configuration's `legacy` is no guide: published checkpoints leave it at its default and hold either.
 *
 * @param architecture only masked-LM models have such a head; for others the configuration comes back unchanged.
 * @param wanted the head to have, if not the one that the file suggests.
 * @returns the configuration with the head; unchanged when the file holds none and none is wanted.
 * @throws {CheckpointError} when the file holds both heads and none is wanted, only another head than the wanted or
 *   configured one, or no table for the decoder.
 */
export function resolveMaskedLmHead(
  architecture: Architecture,
  config: DebertaV2Config,
  tensors: ReadonlyMap<string, TensorInfo>,
  wanted?: MaskedLmHeadName,
): DebertaV2Config {
  if (architecture !== 'TFDebertaV2ForMaskedLM') return config;
  const held = heldHeads(tensors);
  const head = wanted ?? headOf(held, config);
  if (head === undefined) return config;
  requireHeld(head, held);
  return withMaskedLmHead(config, head);
}

function heldHeads(tensors: ReadonlyMap<string, TensorInfo>): HeldHeads {
  const names = Array.from(tensors, ([name, { knownAs = name }]) => canonicalName(knownAs));
  const holds = (start: string) => names.some((name) => name.startsWith(start));
  return {
    cls: holds('cls.predictions.'),
    lmPredictions: holds('lm_predictions.'),
    positions: holds('deberta.embeddings.position_embeddings.'),
  };
}

function headOf({ cls, lmPredictions, positions }: HeldHeads, config: DebertaV2Config): MaskedLmHeadName | undefined {
  if (cls && lmPredictions) {
    throw new CheckpointError(
      'The checkpoint must hold one masked-LM head, received two that contradict each other, cls.predictions and lm_predictions; choose one by the option head: cls, lm_predictions or enhanced_mask_decoder.',
      { path: 'lm_predictions', expected: 'one head', received: ['cls.predictions', 'lm_predictions'] },
    );
  }
  // A configuration that asks for the decoder is taken at its word; that a head is an ordinary one is its default.
  if (config.enhancedMaskDecoder && (cls || lmPredictions)) return 'enhanced_mask_decoder';
  if (cls) return 'cls';
  if (!lmPredictions) return undefined;
  return positions && canDecode(config) ? 'enhanced_mask_decoder' : 'lm_predictions';
}

/** Whether a model can have the decoder at all. */
function canDecode({ positionBiasedInput, embeddingSize, hiddenSize, numHiddenLayers }: DebertaV2Config): boolean {
  return !positionBiasedInput && embeddingSize === hiddenSize && numHiddenLayers >= 2;
}

/** A file without any head may get a fresh one, whichever it is. */
function requireHeld(head: MaskedLmHeadName, { cls, lmPredictions, positions }: HeldHeads): void {
  const [wanted, other, hasWanted] =
    head === 'cls' ? ['cls.predictions', 'lm_predictions', cls] : ['lm_predictions', 'cls.predictions', lmPredictions];
  if (!hasWanted && (cls || lmPredictions)) {
    throw new CheckpointError(
      `The masked-LM head ${head} must come from weights ${wanted}, received a checkpoint with ${other}, the weights of another head; leave the head to the checkpoint, or use the one that holds it.`,
      { path: wanted, expected: wanted, received: other },
    );
  }
  if (head === 'enhanced_mask_decoder' && hasWanted && !positions) {
    throw new CheckpointError(
      'The enhanced mask decoder needs the table deberta.embeddings.position_embeddings, received a checkpoint without one; choose the head lm_predictions, or the checkpoint as it was trained.',
      { path: 'deberta.embeddings.position_embeddings.weight', expected: 'the table of positions' },
    );
  }
}
