import { InputError } from '../errors';
import { strictEntities } from './strict_entities';
import { requireScheme, type TagScheme } from './tag_schemes';

/** An entity that tags mark. */
export interface Entity {
  /** Such as `PER`; `_` where the tags name none. */
  readonly type: string;
  /** Its first token. */
  readonly start: number;
  /** The token behind its last, so that `tokens.slice(start, end)` are the entity's. */
  readonly end: number;
}

/**
 * The entities that the tags of a text mark, as seqeval finds them.
 *
 * Without a scheme it is lenient, as the script `conlleval` of the CoNLL tasks: an entity may begin with `I-`, and one
 * of another type begins wherever the type changes. With a scheme it is strict: what the scheme does not allow is no
 * entity.
 *
 * @param tags a tag for each token: `O`, or a prefix, `-` and a type, such as `B-PER`.
 * @param scheme what the tags must follow. Default: lenient.
 * @throws {InputError} for an empty tag, an unknown scheme, and in a scheme for a prefix that it does not have.
 * @see https://github.com/chakki-works/seqeval
 *
 * @example
 * getEntities(['B-PER', 'I-PER', 'O', 'I-LOC']); // [{ type: 'PER', start: 0, end: 2 }, { type: 'LOC', start: 3, end: 4 }]
 * getEntities(['B-PER', 'I-PER', 'O', 'I-LOC'], 'IOB2'); // [{ type: 'PER', start: 0, end: 2 }]
 */
export function getEntities(tags: readonly string[], scheme?: TagScheme): Entity[] {
  for (const [index, tag] of tags.entries()) {
    if (typeof tag === 'string' && tag !== '') continue;
    throw new InputError(
      `Tag ${index} must be O, or a prefix and a type such as B-PER, received ${JSON.stringify(tag)}.`,
      { path: `tag ${index}`, received: tag },
    );
  }
  if (scheme === undefined) return lenientEntities(tags);
  requireScheme(scheme);
  return strictEntities(tags, scheme);
}

function lenientEntities(tags: readonly string[]): Entity[] {
  const entities: Entity[] = [];
  let previous: Tag = { prefix: 'O', type: '' };
  let start = 0;
  for (const [index, text] of [...tags, 'O'].entries()) {
    const tag = parseTag(text);
    if (endsBetween(previous, tag)) entities.push({ type: previous.type, start, end: index });
    if (startsBetween(previous, tag)) start = index;
    previous = tag;
  }
  return entities;
}

interface Tag {
  readonly prefix: string;
  readonly type: string;
}

/** `BPER` is taken for `B-PER`, and of `BX-PER` the type is what follows the hyphen. */
function parseTag(tag: string): Tag {
  const [prefix = ''] = tag;
  const rest = tag.slice(prefix.length);
  return { prefix, type: rest.slice(rest.indexOf('-') + 1) || '_' };
}

const isOneOf = (prefixes: string, { prefix }: Tag) => prefixes.includes(prefix);

function endsBetween(previous: Tag, tag: Tag): boolean {
  if (isOneOf('ES', previous)) return true;
  if (isOneOf('BI', previous) && isOneOf('BSO', tag)) return true;
  return !isOneOf('O.', previous) && previous.type !== tag.type;
}

function startsBetween(previous: Tag, tag: Tag): boolean {
  if (isOneOf('BS', tag)) return true;
  if (isOneOf('ESO', previous) && isOneOf('EI', tag)) return true;
  return !isOneOf('O.', tag) && previous.type !== tag.type;
}
