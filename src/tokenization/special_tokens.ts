import { type AddedToken, addedToken } from './added_token';

/** A special token as a user gives it: its text, or a token with its properties. */
export type TokenInput = string | AddedToken;

/** The special tokens of a tokenizer by role; what is left out is DeBERTa's. */
export interface SpecialTokenOptions {
  /** Beginning of a sequence, `[CLS]` by default; {@link clsToken} is what is put in front of a text. */
  bosToken?: TokenInput;
  /** End of a sequence, `[SEP]` by default. */
  eosToken?: TokenInput;
  /** Stands for what the vocabulary does not hold, `[UNK]` by default. */
  unkToken?: TokenInput;
  /** Closes each sequence, `[SEP]` by default. */
  sepToken?: TokenInput;
  /** Fills rows up, `[PAD]` by default. */
  padToken?: TokenInput;
  /** Opens each text, `[CLS]` by default. */
  clsToken?: TokenInput;
  /** Stands for a token to be predicted, `[MASK]` by default. */
  maskToken?: TokenInput;
  /** Further special tokens, none by default. */
  additionalSpecialTokens?: readonly TokenInput[];
}

/** Roles of special tokens in the reference's order, which decides the ids of those that must be added. */
export const SPECIAL_TOKEN_ROLES = [
  'bosToken',
  'eosToken',
  'unkToken',
  'sepToken',
  'padToken',
  'clsToken',
  'maskToken',
] as const satisfies readonly (keyof SpecialTokenOptions)[];

/** A role that has exactly one special token. */
export type SpecialTokenRole = (typeof SPECIAL_TOKEN_ROLES)[number];

/** Every special token, resolved. */
export interface SpecialTokens extends Readonly<Record<SpecialTokenRole, AddedToken>> {
  readonly additionalSpecialTokens: readonly AddedToken[];
}

const DEFAULTS: Readonly<Record<SpecialTokenRole, AddedToken>> = {
  bosToken: addedToken('[CLS]', { special: true }),
  eosToken: addedToken('[SEP]', { special: true }),
  unkToken: addedToken('[UNK]', { special: true, normalized: true }),
  sepToken: addedToken('[SEP]', { special: true }),
  padToken: addedToken('[PAD]', { special: true }),
  clsToken: addedToken('[CLS]', { special: true }),
  maskToken: addedToken('[MASK]', { special: true }),
};

/**
 * The special tokens in force.
 *
 * @param known added tokens by content: a token given as a string takes its properties from there.
 */
export function resolveSpecialTokens(
  options: SpecialTokenOptions,
  known: ReadonlyMap<string, AddedToken> = new Map(),
): SpecialTokens {
  const resolve = (input: TokenInput, properties: Partial<AddedToken>): AddedToken => {
    const token = typeof input === 'string' ? (known.get(input) ?? addedToken(input, properties)) : input;
    return { ...token, special: true };
  };
  const roles = SPECIAL_TOKEN_ROLES.map((role) => {
    const { content, ...properties } = DEFAULTS[role];
    return [role, resolve(options[role] ?? content, properties)] as const;
  });
  return {
    ...(Object.fromEntries(roles) as Record<SpecialTokenRole, AddedToken>),
    additionalSpecialTokens: (options.additionalSpecialTokens ?? []).map((token) => resolve(token, { special: true })),
  };
}

/** Every special token once, in the reference's order (`all_special_tokens_extended`). */
export function listSpecialTokens(tokens: SpecialTokens): AddedToken[] {
  const all = [...SPECIAL_TOKEN_ROLES.map((role) => tokens[role]), ...tokens.additionalSpecialTokens];
  return all.filter(({ content }, index) => all.findIndex((token) => token.content === content) === index);
}
