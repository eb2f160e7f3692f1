import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { architectureFromHead } from '../convert/architecture_from_head';
import type { CheckpointReader } from '../convert/checkpoint_reader';
import { resolveMaskedLmHead } from '../convert/masked_lm_head';
import { isNumberType, NUMBER_SIZES } from '../convert/numbers/decode_numbers';
import { elementCount } from '../convert/numbers/element_count';
import { type OpenOptions, openCheckpoint } from '../convert/open_checkpoint';
import { countParameters, type WeightPart, weightSpecs } from '../convert/weight_names';
import { type LoadingInfo, planWeights } from '../convert/weight_plan';
import type { FileSource } from '../sources/file_source';

/** What the headers of a checkpoint tell. */
export interface CheckpointSummary {
  /** Where the weights, the configuration and the tokenizer lie. */
  readonly source: FileSource;
  readonly format: CheckpointReader['format'];
  readonly layout: CheckpointReader['layout'];
  /** The one asked for, else named by the configuration, else shown by the head; the bare encoder when none is. */
  readonly architecture: Architecture;
  readonly config: DebertaV2Config;
  /** Parameters of the model that are in the file. */
  readonly parameters: Readonly<Record<WeightPart | 'total', number>>;
  /** Number of tensors in the file by number type. */
  readonly dtypes: Readonly<Record<string, number>>;
  readonly tensors: number;
  /** Size of all tensors as stored. */
  readonly bytes: number;
  readonly info: LoadingInfo;
}

/**
 * Reads the headers of a checkpoint and matches them with its model; no weight is read.
 *
 * @param chosen the model to match with, if it is not to be the checkpoint's own.
 * @throws {CheckpointError} when the files are damaged or lack weights of the encoder; {@link ConfigError} for the
 *   configuration.
 */
export async function summarizeCheckpoint(
  place: string,
  options: OpenOptions = {},
  chosen?: Architecture,
): Promise<CheckpointSummary> {
  const checkpoint = await openCheckpoint(place, options);
  try {
    const { source, reader } = checkpoint;
    const { format, layout, tensors } = reader;
    const architecture =
      chosen ?? checkpoint.architecture ?? architectureFromHead(checkpoint.config, tensors) ?? 'TFDebertaV2Model';
    const config = resolveMaskedLmHead(architecture, checkpoint.config, tensors, options.head);
    const specs = weightSpecs(config, architecture);
    const { entries, info } = planWeights(tensors, layout, specs, { ignoreMismatchedSizes: true });
    const found = entries.map(({ spec }) => spec);
    const count = (part: WeightPart) => countParameters(found.filter((spec) => spec.part === part));
    return {
      source,
      format,
      layout,
      architecture,
      config,
      parameters: {
        embeddings: count('embeddings'),
        encoder: count('encoder'),
        head: count('head'),
        total: countParameters(found),
      },
      ...measure(tensors),
      info,
    };
  } finally {
    await checkpoint.close();
  }
}

function measure(tensors: CheckpointReader['tensors']): Pick<CheckpointSummary, 'dtypes' | 'tensors' | 'bytes'> {
  const dtypes: Record<string, number> = {};
  let bytes = 0;
  for (const { dtype, shape } of tensors.values()) {
    dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
    // What holds no numbers, such as texts, is of no size that its type tells.
    bytes += elementCount(shape) * (isNumberType(dtype) ? NUMBER_SIZES[dtype] : 0);
  }
  return { dtypes, tensors: tensors.size, bytes };
}
