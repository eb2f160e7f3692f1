import { weightsInAdapter } from '../adapters/read_adapter';
import { architectureOf } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { OpenOptions } from '../convert/open_checkpoint';
import { readConfig } from '../convert/read_config';
import { withoutWeights } from '../convert/weight_plan';
import type { FromPretrainedOptions } from '../models/model_options';
import { resolveSource } from '../sources/resolve_source';
import { type CheckpointSummary, summarizeCheckpoint } from './checkpoint_summary';

/** A checkpoint with an adapter, before it is loaded. */
export interface AdaptedSummary {
  /** As of the checkpoint; what the adapter brings is not missing. */
  readonly summary: CheckpointSummary;
  /** How both are loaded. */
  readonly options: OpenOptions & Pick<FromPretrainedOptions, 'adapter' | 'ignoreMismatchedSizes'>;
}

/**
 * Reads the headers of a checkpoint, and of an adapter where there is one; no weight is read.
 *
 * Task and labels are those of the configuration beside the adapter, as `train` writes it: the base model does not know
 * them.
 *
 * @throws {CheckpointError} as `summarizeCheckpoint` and `readAdapter`.
 */
export async function summarizeAdapted(
  place: string,
  adapter: string | undefined,
  options: OpenOptions,
): Promise<AdaptedSummary> {
  const base = await summarizeCheckpoint(place, options);
  if (adapter === undefined) return { summary: base, options };
  const { source } = await resolveSource(adapter, options);
  const trained = await readConfig(source, adapter);
  const config = trained === undefined ? base.config : withLabelsOf(base.config, trained);
  const architecture = (trained && architectureOf(trained.toJSON())) ?? base.architecture;
  const summary = await summarizeCheckpoint(place, { ...options, config }, architecture);
  const brought = await weightsInAdapter(adapter, summary, options);
  return {
    summary: { ...summary, info: withoutWeights(summary.info, brought) },
    options: { ...options, config, adapter, ignoreMismatchedSizes: true },
  };
}

function withLabelsOf(base: DebertaV2Config, { numLabels, id2label, label2id, problemType }: DebertaV2Config) {
  return base.with({ numLabels, id2label, label2id, problemType });
}
