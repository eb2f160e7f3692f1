import { type Architecture, architectureOf } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { MaskedLmHeadName } from '../config/masked_lm_head_name';
import type { FileSource } from '../sources/file_source';
import { resolveSource } from '../sources/resolve_source';
import type { SourceOptions } from '../sources/source_options';
import type { CheckpointReader, SourceFormat } from './checkpoint_reader';
import { findWeights } from './find_weights';
import { configInside, missingConfig, readConfig } from './read_config';
import { indexOfPrefix } from './tensorflow/find_bundle';

/** A folder with a configuration and weights, open for reading. */
export interface Checkpoint {
  /** Where the weights, the configuration and the tokenizer lie. */
  readonly source: FileSource;
  readonly config: DebertaV2Config;
  /**
   * What the configuration names; undefined when it names nothing.
   *
   * @throws {ConfigError} on access, when it names none of this package's classes: whoever chose one need not care.
   */
  readonly architecture: Architecture | undefined;
  readonly reader: CheckpointReader;
  close(): Promise<void>;
}

/** How {@link openCheckpoint} opens. */
export interface OpenOptions extends SourceOptions {
  /** Used instead of the one beside the weights. */
  readonly config?: DebertaV2Config | undefined;
  /** The format to look for; whatever is there by default. */
  readonly from?: SourceFormat | undefined;
  /** File of the generator of a v3 checkpoint that holds only differences to it; see `original_reader.ts`. */
  readonly generator?: string | undefined;
  /** Which masked-LM head to have, where the checkpoint holds several or none; what it holds by default. */
  readonly head?: MaskedLmHeadName | undefined;
}

/**
 * Opens a checkpoint in any format this package reads.
 *
 * A folder is searched for weights in the order of `findWeights`. The configuration is `config.json` or the original's
 * `model_config.json` beside the weights; a tfjs `model.json` and some of the original's files carry one.
 *
 * @param place a folder, one weights file in it, a URL of either, a repository of the Hugging Face hub, or the path of
 *   a TensorFlow checkpoint without its endings.
 * @throws {CheckpointError} when there is no such source, it holds no weights, or they are damaged.
 * @throws {ConfigError} when the configuration is not JSON or not valid.
 *
 * @example
 * const checkpoint = await openCheckpoint('deberta-v3-small');
 * const table = await checkpoint.reader.read('deberta.embeddings.word_embeddings.weight', [0, 10]);
 * await checkpoint.close();
 */
export async function openCheckpoint(place: string, options: OpenOptions = {}): Promise<Checkpoint> {
  const { source, file } = await resolveSource(await indexOfPrefix(place), options);
  const { name, open } = await findWeights(source, file, options.from);
  const given = options.config ?? (await readConfig(source, name));
  const requireConfig = () => {
    if (given === undefined) throw missingConfig(source);
    return given;
  };
  const reader = await open({ requireConfig, generator: options.generator });
  try {
    const config = given ?? configInside(source, name, reader);
    return {
      source,
      config,
      get architecture() {
        return architectureOf(config.toJSON());
      },
      reader,
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}
