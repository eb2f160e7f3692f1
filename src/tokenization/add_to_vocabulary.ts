import { TokenizerError } from '../errors';
import { type AddedToken, addedToken } from './added_token';
import { SPECIAL_TOKEN_ROLES, type SpecialTokenOptions, type SpecialTokens, type TokenInput } from './special_tokens';
import { TokenizerVocabulary } from './tokenizer_vocabulary';

/** How {@link addToVocabulary} takes tokens that are not special tokens by themselves. */
export interface AddingOptions {
  /** Whether all of them become special tokens. */
  readonly special: boolean;
  /** Whether text is lower-cased, and normalized tokens with it. */
  readonly doLowerCase: boolean;
}

/** A vocabulary with more tokens, and how many of them it did not have before. */
export interface GrownVocabulary {
  readonly vocabulary: TokenizerVocabulary;
  readonly count: number;
}

/**
 * Adds tokens (`PreTrainedTokenizer._add_tokens` of the reference).
 *
 * A token that is a piece of the model keeps its id and is from now on cut out of texts; one that is there already takes
 * the properties given now, unless it is given as plain text.
 *
 * @throws {TokenizerError} for what is no token.
 */
export function addToVocabulary(
  vocabulary: TokenizerVocabulary,
  inputs: readonly TokenInput[],
  { special, doLowerCase }: AddingOptions,
): GrownVocabulary {
  const added = new Map(vocabulary.addedTokens);
  const ids = new Map(vocabulary.addedIds);
  let { specialTokens } = vocabulary;
  let next = vocabulary.length;
  let count = 0;
  for (const input of inputs) {
    if (typeof input === 'string' && ids.has(input)) continue;
    const token = toToken(input, { special, doLowerCase });
    if (token.content === '') continue;
    let id = ids.get(token.content) ?? (vocabulary.has(token.content) ? vocabulary.idOf(token.content) : undefined);
    if (id === undefined) {
      while (added.has(next)) next++;
      id = next++;
      count++;
    }
    added.set(id, token);
    ids.set(token.content, id);
    specialTokens = withSpecialToken(specialTokens, token);
  }
  return { vocabulary: new TokenizerVocabulary(vocabulary.model, specialTokens, added), count };
}

/**
 * Gives roles to special tokens and adds those that the vocabulary lacks (`add_special_tokens` of the reference).
 *
 * The tokens that had the roles before stay in the vocabulary.
 *
 * @param replaceAdditional whether `additionalSpecialTokens` take the place of the present ones or join them.
 * @throws {TokenizerError} for a role that does not exist and for what is no token.
 */
export function addSpecialToVocabulary(
  vocabulary: TokenizerVocabulary,
  given: SpecialTokenOptions,
  replaceAdditional: boolean,
): GrownVocabulary {
  const allowed: readonly string[] = [...SPECIAL_TOKEN_ROLES, 'additionalSpecialTokens'];
  const unknown = Object.keys(given).find((role) => !allowed.includes(role));
  if (unknown !== undefined) {
    throw new TokenizerError(`A special token must be one of ${allowed.join(', ')}, received ${unknown}.`, {
      path: unknown,
      expected: allowed,
      received: unknown,
    });
  }
  const settings = { special: true, doLowerCase: false };
  const roles = SPECIAL_TOKEN_ROLES.flatMap((role) => {
    const input = given[role];
    return input === undefined ? [] : [[role, toToken(input, settings)] as const];
  });
  const { additionalSpecialTokens: present } = vocabulary.specialTokens;
  const additional = (given.additionalSpecialTokens ?? []).map((input) => toToken(input, settings));
  const isReplaced = replaceAdditional && additional.length > 0;
  const isNew = ({ content }: AddedToken) => !present.some((token) => token.content === content);
  const specialTokens: SpecialTokens = {
    ...vocabulary.specialTokens,
    ...Object.fromEntries(roles),
    additionalSpecialTokens: isReplaced ? additional : [...present, ...additional.filter(isNew)],
  };
  const tokens = [...roles.map(([, token]) => token), ...additional];
  const { vocabulary: grown, count } = addToVocabulary(vocabulary, tokens, settings);
  return { vocabulary: new TokenizerVocabulary(vocabulary.model, specialTokens, grown.addedTokens), count };
}

function toToken(input: TokenInput, { special, doLowerCase }: AddingOptions): AddedToken {
  const isToken = typeof input === 'object' && input !== null && typeof input.content === 'string';
  if (typeof input !== 'string' && !isToken) {
    throw new TokenizerError(
      `A token to be added must be a string or made by addedToken, received ${JSON.stringify(input) ?? typeof input}.`,
      { expected: 'a string or an AddedToken', received: input },
    );
  }
  const token =
    typeof input === 'string' ? addedToken(input, { special }) : { ...input, special: special || input.special };
  const isLowered = doLowerCase && !token.special && token.normalized;
  return isLowered ? { ...token, content: token.content.toLowerCase() } : token;
}

/** Special tokens with a token that is one of them, or that becomes one since it is special. */
function withSpecialToken(tokens: SpecialTokens, token: AddedToken): SpecialTokens {
  const roles = SPECIAL_TOKEN_ROLES.filter((role) => tokens[role].content === token.content);
  const { additionalSpecialTokens: present } = tokens;
  const isAdditional = present.some(({ content }) => content === token.content);
  const updated = present.map((known) => (known.content === token.content ? token : known));
  return {
    ...tokens,
    ...Object.fromEntries(roles.map((role) => [role, token])),
    additionalSpecialTokens: token.special && roles.length === 0 && !isAdditional ? [...present, token] : updated,
  };
}
