import * as tf from '@tensorflow/tfjs';
import { UsageError } from '../errors';
import type { Embedding } from '../layers/embedding';
import type { TFDebertaV2ForMaskedLM } from '../models/masked_lm';
import type { TFDebertaV2ForReplacedTokenDetection } from '../models/replaced_token_detection';
import type { NamedWeight } from '../optimizers/adam_weight_decay';
import type { EmbeddingSharing } from './embedding_sharing';

/** A table that the discriminator has from the generator. */
interface SharedTable {
  readonly generator: NamedWeight;
  readonly discriminator: NamedWeight;
  /** What is added to the generator's table; undefined where both have the same. */
  readonly delta: NamedWeight | undefined;
}

/** What a delta is called: the name of its table, as microsoft/DeBERTa has it. */
const deltaName = (path: string) => path.replace(/\/[^/]+$/, '/_weight');

/**
 * The embedding tables of a discriminator that come from its generator: of words, and of positions where both have one.
 *
 * - `gdes`: the generator's table, which the discriminator's gradient does not reach, plus a delta that it trains, at
 *   first 0 ("gradient-disentangled embedding sharing", He et al. 2021, https://arxiv.org/abs/2111.09543).
 * - `es`: the generator's table, which both train (Clark et al. 2020, ELECTRA).
 * - `none`: nothing is shared.
 *
 * The discriminator's own variables hold whole tables at any time, so that it is a model like any other; {@link refresh}
 * brings them up to date. The gradient by a whole table is that by its delta.
 */
export class SharedTables {
  readonly #tables: readonly SharedTable[];
  readonly #targets: ReadonlyMap<tf.Variable, NamedWeight>;

  /**
   * @param keepTables with `gdes`: whether the delta starts as what makes the discriminator's table what it is.
   * @throws {UsageError} for tables of different shapes.
   */
  constructor(
    sharing: EmbeddingSharing,
    generator: TFDebertaV2ForMaskedLM,
    discriminator: TFDebertaV2ForReplacedTokenDetection,
    keepTables: boolean,
  ) {
    const pairs = sharing === 'none' ? [] : sharedTables(generator, discriminator);
    for (const { base, table } of pairs) requireSameShape(base, table);
    this.#tables = pairs.map(({ base, table }) => ({
      generator: base,
      discriminator: table,
      delta: sharing === 'gdes' ? makeDelta(base, table, keepTables) : undefined,
    }));
    const targets = this.#tables.map(
      (table) => [table.discriminator.variable, table.delta ?? table.generator] as const,
    );
    this.#targets = new Map(targets);
    this.refresh();
  }

  /** The deltas, `[rows, width]` each, by names such as `deberta/embeddings/word_embeddings/_weight`. */
  get deltas(): readonly NamedWeight[] {
    return this.#tables.flatMap(({ delta }) => delta ?? []);
  }

  /** The delta of the discriminator's table of a name; undefined where it has none. */
  deltaOf(path: string): NamedWeight | undefined {
    return this.deltas.find((delta) => delta.path === deltaName(path));
  }

  /** What the gradient by one of the discriminator's weights changes: another weight, where that is a shared table. */
  targetOf(weight: NamedWeight): NamedWeight {
    return this.#targets.get(weight.variable) ?? weight;
  }

  /** Gives the discriminator its tables as they are now; to be called whenever the generator's or a delta has changed. */
  refresh(): void {
    for (const { generator, discriminator, delta } of this.#tables) {
      tf.tidy(() => {
        const base: tf.Tensor = generator.variable;
        // Without a delta both share the numbers in memory too, until one of them is assigned others.
        discriminator.variable.assign(delta === undefined ? base : tf.add(base, delta.variable));
      });
    }
  }

  /** Releases the deltas; the discriminator keeps its tables. */
  dispose(): void {
    tf.dispose(this.deltas.map(({ variable }) => variable));
  }
}

function sharedTables(
  { deberta: { embeddings: ofGenerator } }: TFDebertaV2ForMaskedLM,
  { deberta: { embeddings: ofDiscriminator } }: TFDebertaV2ForReplacedTokenDetection,
) {
  const words = { base: tableOf(ofGenerator.wordEmbeddings), table: tableOf(ofDiscriminator.wordEmbeddings) };
  const [base, table] = [ofGenerator.positionEmbeddings, ofDiscriminator.positionEmbeddings];
  if (base === undefined || table === undefined) return [words];
  return [words, { base: tableOf(base), table: tableOf(table) }];
}

function tableOf({ weights: [table] }: Embedding): NamedWeight {
  return { path: table!.originalName, variable: table!.read() as tf.Variable };
}

function makeDelta(base: NamedWeight, table: NamedWeight, keepTables: boolean): NamedWeight {
  const variable = tf.tidy(() =>
    tf.variable(keepTables ? tf.sub(table.variable, base.variable) : tf.zerosLike(base.variable)),
  );
  return { path: deltaName(table.path), variable };
}

function requireSameShape(base: NamedWeight, table: NamedWeight): void {
  const [expected, received] = [base.variable.shape, table.variable.shape];
  if (tf.util.arraysEqual(expected, received)) return;
  throw new UsageError(
    `To share embeddings, ${table.path} of the discriminator must have the shape of the generator's, [${expected}], and has [${received}]; give both models the same vocab_size, embedding_size and max_position_embeddings, or choose embeddingSharing 'none'.`,
    { path: table.path, expected, received },
  );
}
