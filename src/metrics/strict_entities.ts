import { InputError } from '../errors';
import type { Entity } from './get_entities';
import { type PrefixRules, TAG_SCHEMES, type TagRules, type TagScheme } from './tag_schemes';

/** The entities of tags that follow a scheme; see `getEntities`. */
export function strictEntities(texts: readonly string[], scheme: TagScheme): Entity[] {
  const rules: TagRules = TAG_SCHEMES[scheme];
  const tags = texts.map((text, index) => parseTag(text, index, scheme));
  tags.push(OUTSIDE);
  const entities: Entity[] = [];
  let previous = OUTSIDE;
  for (let start = 0; start < tags.length; ) {
    const tag = tags[start]!;
    let end = start + 1;
    if (holds(rules.starts, previous, tag)) {
      while (holds(rules.inside, tags[end - 1]!, tags[end]!)) end++;
      if (holds(rules.ends, tags[end - 1]!, tags[end]!)) entities.push({ type: tag.type, start, end });
    }
    previous = tags[end - 1]!;
    start = end;
  }
  return entities;
}

interface Tag {
  readonly prefix: string;
  readonly type: string;
}

const OUTSIDE: Tag = { prefix: 'O', type: '_' };

function holds(rules: PrefixRules, previous: Tag, { prefix, type }: Tag): boolean {
  const rule = rules[previous.prefix + prefix] ?? rules[`*${prefix}`] ?? rules[`${previous.prefix}*`];
  if (rule === undefined || rule === 'any') return rule === 'any';
  return (rule === 'same') === (previous.type === type);
}

function parseTag(text: string, index: number, scheme: TagScheme): Tag {
  const [prefix = ''] = text;
  const { prefixes } = TAG_SCHEMES[scheme];
  if (prefixes.includes(prefix)) return { prefix, type: withoutHyphens(text.slice(1)) || '_' };
  throw new InputError(
    `Tag ${index} must begin with ${[...prefixes].join(', ')} in the scheme ${scheme}, received ${JSON.stringify(text)}; ` +
      'score without a scheme to be lenient.',
    { path: `tag ${index}`, expected: [...prefixes], received: text },
  );
}

/** Types lose hyphens on both sides, as in seqeval. */
function withoutHyphens(type: string): string {
  let [start, end] = [0, type.length];
  while (type[start] === '-') start++;
  while (end > start && type[end - 1] === '-') end--;
  return type.slice(start, end);
}
