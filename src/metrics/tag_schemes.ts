import { InputError } from '../errors';

/** Which types two neighbouring tags have for a rule to hold. */
export type TypeRule = 'any' | 'same' | 'other';

/**
 * Rules by the prefixes of two neighbouring tags, such as `BI` for `I-` after `B-`. A `*` is any prefix.
 */
export type PrefixRules = Readonly<Record<string, TypeRule>>;

/** How a scheme writes entities as tags. */
export interface TagRules {
  /** Prefixes it has. */
  readonly prefixes: string;
  /** An entity begins with the second tag. */
  readonly starts: PrefixRules;
  /** The second tag goes on with the entity of the first. */
  readonly inside: PrefixRules;
  /** An entity ends with the first tag. */
  readonly ends: PrefixRules;
}

const B_STARTS_I_FOLLOWS = {
  prefixes: 'IOB',
  inside: { BI: 'same', II: 'same' },
} as const;

/** Entities that say where they end: they count only if they do. */
const closed = (last: string, single: string, prefixes: string): TagRules => ({
  prefixes,
  starts: { '*B': 'any', [`*${single}`]: 'any' },
  inside: { BI: 'same', [`B${last}`]: 'same', II: 'same', [`I${last}`]: 'same' },
  ends: { [`${single}*`]: 'any', [`${last}*`]: 'any' },
});

/**
 * The schemes of strict scoring, with the rules of seqeval 1.2.2, its peculiarities included: in `IOB1` a `B-` after
 * another type, or after no entity, begins none.
 *
 * - `IOB1`: `I-` begins an entity and `B-` only one that directly follows another of its type;
 * - `IOB2` (BIO): `B-` begins every entity, `I-` goes on;
 * - `IOE2`: `E-` ends every entity;
 * - `IOBES`: `B-`, `I-`, `E-` for several tokens, `S-` for a single one; `BILOU` the same with `L-` and `U-`.
 */
export const TAG_SCHEMES = {
  IOB1: {
    ...B_STARTS_I_FOLLOWS,
    starts: { OI: 'any', II: 'other', BI: 'any', IB: 'same', BB: 'same' },
    ends: { II: 'other', IO: 'any', IB: 'any', BO: 'any', BI: 'other', BB: 'same' },
  },
  IOB2: {
    ...B_STARTS_I_FOLLOWS,
    starts: { '*B': 'any' },
    ends: { IO: 'any', II: 'other', IB: 'any', BO: 'any', BI: 'other', BB: 'any' },
  },
  IOE2: {
    prefixes: 'IOE',
    starts: { OI: 'any', OE: 'any', EI: 'any', EE: 'any', II: 'other', IE: 'other' },
    inside: { IE: 'same', II: 'same' },
    ends: { 'E*': 'any' },
  },
  IOBES: closed('E', 'S', 'IOBES'),
  BILOU: closed('L', 'U', 'BILOU'),
} as const satisfies Readonly<Record<string, TagRules>>;

/** One of {@link TAG_SCHEMES}. */
export type TagScheme = keyof typeof TAG_SCHEMES;

/** @throws {InputError} for another scheme than {@link TAG_SCHEMES}. */
export function requireScheme(scheme: TagScheme): void {
  if (Object.hasOwn(TAG_SCHEMES, scheme)) return;
  const names = Object.keys(TAG_SCHEMES);
  throw new InputError(`Tag schemes are ${names.join(', ')}, received ${JSON.stringify(scheme)}.`, {
    path: 'scheme',
    expected: names,
    received: scheme,
  });
}
