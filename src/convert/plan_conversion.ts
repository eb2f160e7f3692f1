import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { hasMaskDecoder, type MaskedLmHeadName } from '../config/masked_lm_head_name';
import { CheckpointError, UsageError } from '../errors';
import { architectureFromHead } from './architecture_from_head';
import type { CheckpointFormat } from './checkpoint_format';
import type { CheckpointReader } from './checkpoint_reader';
import { resolveMaskedLmHead } from './masked_lm_head';
import type { Checkpoint } from './open_checkpoint';
import { requireStorageType, type StorageType, storedType } from './storage_type';
import { type WeightSpec, type WeightTransform, weightSpecs } from './weight_names';
import { type LoadingInfo, type PlannedWeight, planWeights, type WeightPlan } from './weight_plan';
import { writtenName } from './written_name';

/**
 * What is to be converted into what.
 *
 * @example
 * const choice: ConversionChoice = { architecture: 'TFDebertaV2Model', format: 'safetensors', dtype: 'bfloat16' };
 */
export interface ConversionChoice {
  /** The model to write; by default what the configuration names, else what the head in the file says. */
  readonly architecture?: Architecture | undefined;
  /** `tfjs` by default. */
  readonly format?: CheckpointFormat | undefined;
  /** Number type the weights are stored in, `float32` by default. */
  readonly dtype?: StorageType | undefined;
  /** Leave head weights of another shape out instead of refusing them; false by default. */
  readonly ignoreMismatchedSizes?: boolean | undefined;
  /** Which masked-LM head to write, where the checkpoint holds several; what it holds by default. */
  readonly head?: MaskedLmHeadName | undefined;
  /** Refuse a checkpoint that holds a tensor the model has no use for; false by default. */
  readonly strict?: boolean | undefined;
}

/**
 * One weight on its way from the source to the target.
 *
 * @example
 * const row: ConversionRow = {
 *   source: 'qa_outputs.weight',
 *   target: 'qa_outputs/kernel',
 *   shape: [768, 2],
 *   transform: 'transpose',
 *   from: 'float16',
 *   to: 'float32',
 * };
 */
export interface ConversionRow {
  /** Name in the source. */
  readonly source: string;
  /** Name in the target. */
  readonly target: string;
  /** As it will lie in the target. */
  readonly shape: readonly number[];
  /** What happens to its axes. */
  readonly transform: WeightTransform;
  /** Number type in the source, and in the target. */
  readonly from: string;
  readonly to: StorageType;
}

/** A conversion before it happens. */
export interface ConversionPlan {
  readonly architecture: Architecture;
  readonly format: CheckpointFormat;
  readonly dtype: StorageType;
  /** With the masked-LM head that the file holds. */
  readonly config: DebertaV2Config;
  readonly entries: readonly PlannedWeight[];
  readonly rows: readonly ConversionRow[];
  readonly info: LoadingInfo;
}

/**
 * Decides which tensor of an open checkpoint becomes which weight of the target; reads no weight.
 *
 * @throws {CheckpointError} when the checkpoint lacks weights, or has them in other shapes; under `strict` also when it
 *   holds more than the model needs.
 * @throws {UsageError} when nothing says which model this is, or the format cannot hold the number type.
 *
 * @example
 * const checkpoint = await openCheckpoint('deberta-v3-small');
 * const { rows } = planConversion(checkpoint, { architecture: 'TFDebertaV2Model', format: 'tfjs', dtype: 'float16' });
 * rows[0].target; // 'deberta/embeddings/word_embeddings/weight'
 * await checkpoint.close();
 */
export function planConversion(checkpoint: Checkpoint, choice: ConversionChoice): ConversionPlan {
  const { reader } = checkpoint;
  const { format = 'tfjs', dtype = 'float32' } = choice;
  requireStorageType(format, dtype);
  const architecture = choice.architecture ?? chooseArchitecture(checkpoint);
  const resolved = resolveMaskedLmHead(architecture, checkpoint.config, reader.tensors, choice.head);
  // What is written for another model says nothing of a decoder that it does not have.
  const hasStray = resolved.enhancedMaskDecoder && !hasMaskDecoder(architecture, resolved);
  const config = hasStray ? resolved.with({ enhancedMaskDecoder: false }) : resolved;
  const { entries, info } = planComplete(reader, weightSpecs(config, architecture), choice);
  const isPytorch = format === 'safetensors';
  const rows = entries.map(({ spec, source }) => ({
    source,
    target: writtenName(format, spec, { architecture, config }),
    shape: isPytorch ? spec.pytorchShape : spec.shape,
    transform: isPytorch === (reader.layout === 'pytorch') ? ('none' as const) : spec.transform,
    from: reader.tensors.get(source)!.dtype,
    to: storedType(spec, dtype),
  }));
  return { architecture, format, dtype, config, entries, rows, info };
}

function chooseArchitecture({ architecture, config, reader, source }: Checkpoint): Architecture {
  const chosen = architecture ?? architectureFromHead(config, reader.tensors);
  if (chosen !== undefined) return chosen;
  throw new UsageError(
    `Neither config.json nor the weights in ${source.location} say which model this is; set the option architecture (--task), for example to TFDebertaV2Model.`,
    { path: source.location },
  );
}

/** Like `planWeights`, but a model that is written down may lack nothing. */
function planComplete(
  reader: CheckpointReader,
  specs: readonly WeightSpec[],
  { ignoreMismatchedSizes = false, strict = false }: ConversionChoice,
): WeightPlan {
  const plan = planWeights(reader.tensors, reader.layout, specs, { ignoreMismatchedSizes });
  const { missingKeys, mismatchedKeys, unexpectedKeys } = plan.info;
  const parts = new Map(specs.map(({ name, part }) => [name, part]));
  const unusable = mismatchedKeys.find(({ name }) => parts.get(name) !== 'head');
  if (unusable !== undefined) {
    throw new CheckpointError(
      `Weight ${unusable.name} must have shape [${unusable.expected}] by the configuration, received [${unusable.received}]; only weights of a head may be left out, so use the configuration that belongs to the weights.`,
      { path: unusable.name, expected: unusable.expected, received: unusable.received },
    );
  }
  if (missingKeys.length > 0) {
    throw new CheckpointError(
      `The checkpoint lacks the head weights ${missingKeys.join(', ')}; choose the architecture TFDebertaV2Model to convert the bare encoder.`,
      { expected: missingKeys, received: [...reader.tensors.keys()] },
    );
  }
  if (strict && unexpectedKeys.length > 0) {
    throw new CheckpointError(
      `The checkpoint must hold nothing but the model's weights when it is converted strictly, received ${unexpectedKeys.join(', ')}; choose the task these belong to, or convert without strict.`,
      { received: unexpectedKeys },
    );
  }
  return plan;
}
