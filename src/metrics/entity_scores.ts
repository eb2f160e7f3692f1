import { InputError } from '../errors';
import { accuracy } from './accuracy';
import { ClassCounts } from './class_counts';
import { type Entity, getEntities } from './get_entities';
import { requirePairs, requireSameLength } from './require_pairs';
import { type ScoreOptions, type ScoreReport, scoreReport } from './score_report';
import { requireScheme, type TagScheme } from './tag_schemes';

/** Options of {@link entityScores}. */
export interface EntityScoreOptions extends ScoreOptions {
  /** Scheme that tags must follow (`mode="strict"` of seqeval). Default: lenient, seqeval's own default. */
  readonly scheme?: TagScheme;
}

/** Scores of entities by type, and of single tags. */
export interface EntityScoreReport extends ScoreReport {
  /** Share of the tokens whose tag is right. */
  readonly accuracy: number;
}

/**
 * Precision, recall and F1 of whole entities, by type and averaged, as `classification_report` of seqeval gives them:
 * an entity is right if its type and both its ends are.
 *
 * @param labels the tags of each text, a tag for each token; see `getEntities`.
 * @param predictions tags of the same form.
 * @returns `perClass` by type of entity. Without any entity all averages are what `zeroDivision` says.
 * @throws {InputError} for unequal numbers of texts or tags, none at all, empty tags, an unknown scheme, and in a scheme
 *   for tags that it does not have.
 *
 * @example
 * const labels = [['O', 'B-MISC', 'I-MISC', 'O'], ['B-PER', 'I-PER']];
 * const predictions = [['B-MISC', 'I-MISC', 'I-MISC', 'O'], ['B-PER', 'I-PER']];
 * const { micro, perClass } = entityScores(labels, predictions);
 * micro.f1; // 0.5
 * perClass.PER; // { precision: 1, recall: 1, f1: 1, support: 1 }
 */
export function entityScores(
  labels: readonly (readonly string[])[],
  predictions: readonly (readonly string[])[],
  options: EntityScoreOptions = {},
): EntityScoreReport {
  requirePairs(['Texts of labels', 'texts of predictions'], labels, predictions);
  const counts = new ClassCounts<string>();
  const { scheme } = options;
  if (scheme !== undefined) requireScheme(scheme);
  for (const [text, tags] of labels.entries()) {
    requireSameLength(['Labels', 'predictions'], tags, predictions[text]!, ` of text ${text}`);
    const expected = entitiesOf('labels', tags, text, scheme);
    const known = new Set(expected.map(keyOf));
    for (const { type } of expected) counts.add(type, 'support');
    for (const entity of entitiesOf('predictions', predictions[text]!, text, scheme)) {
      counts.add(entity.type, 'predicted');
      if (known.has(keyOf(entity))) counts.add(entity.type, 'hits');
    }
  }
  const report = scoreReport(counts, counts.classes(), options);
  return { ...report, accuracy: accuracy(labels.flat(), predictions.flat()) };
}

const keyOf = ({ type, start, end }: Entity) => `${start} ${end} ${type}`;

/** Entities of a text; errors say which text. */
function entitiesOf(name: string, tags: readonly string[], text: number, scheme: TagScheme | undefined): Entity[] {
  try {
    return getEntities(tags, scheme);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`In the ${name} of text ${text}: ${error.message}`, {
      path: `${name} of text ${text}`,
      received: error.received,
      cause: error,
    });
  }
}
