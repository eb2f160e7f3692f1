import { z } from 'zod';
import { TokenizerError } from '../errors';
import { logger } from '../logger';
import { withoutUndefined } from '../without_undefined';
import { type AddedToken, addedToken, addedTokenJson } from './added_token';
import { resolveSpecialTokens, SPECIAL_TOKEN_ROLES, type SpecialTokenOptions, type TokenInput } from './special_tokens';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import type { TokenizerVocabulary } from './tokenizer_vocabulary';

/** A tokenizer's settings as its JSON files hold them, parsed but not yet understood. */
export interface TokenizerJsonFiles {
  /** `tokenizer_config.json`. */
  readonly config?: JsonFile | undefined;
  /** `special_tokens_map.json`. */
  readonly specialTokensMap?: JsonFile | undefined;
  /** `added_tokens.json`. */
  readonly addedTokens?: JsonFile | undefined;
}

/** Content of a JSON file and where it came from. */
export interface JsonFile {
  readonly path: string;
  readonly content: unknown;
}

/** Settings read from files; `unknown` holds the keys of `tokenizer_config.json` that this package has no use for. */
export interface TokenizerSettings {
  readonly options: DebertaV2TokenizerOptions;
  readonly unknown: Readonly<Record<string, unknown>>;
}

const tokenProperties = z.object({
  content: z.string(),
  single_word: z.boolean().optional(),
  lstrip: z.boolean().optional(),
  rstrip: z.boolean().optional(),
  normalized: z.boolean().optional(),
  special: z.boolean().optional(),
});
const tokenObject = tokenProperties.transform(({ content, single_word: singleWord, ...properties }) =>
  addedToken(content, withoutUndefined({ ...properties, singleWord })),
);
const token = z.union([z.string(), tokenObject]);
const side = z.enum(['left', 'right']);

const specialTokensSchema = z.object({
  bos_token: token.nullish(),
  eos_token: token.nullish(),
  unk_token: token.nullish(),
  sep_token: token.nullish(),
  pad_token: token.nullish(),
  cls_token: token.nullish(),
  mask_token: token.nullish(),
  additional_special_tokens: z.array(token).nullish(),
});

const configSchema = specialTokensSchema.extend({
  do_lower_case: z.boolean().nullish(),
  split_by_punct: z.boolean().nullish(),
  model_max_length: z.number().positive().nullish(),
  padding_side: side.nullish(),
  truncation_side: side.nullish(),
  clean_up_tokenization_spaces: z.boolean().nullish(),
  split_special_tokens: z.boolean().nullish(),
  added_tokens_decoder: z.record(z.string().regex(/^\d+$/), tokenObject).nullish(),
  tokenizer_class: z.string().nullish(),
});

const addedTokensSchema = z.record(z.string(), z.int().nonnegative());

/**
 * Understands the JSON files beside an `spm.model`, as `PreTrainedTokenizerBase._from_pretrained` of the reference does.
 *
 * `special_tokens_map.json` and `added_tokens.json` count only where `tokenizer_config.json` has no
 * `added_tokens_decoder`; they are how older versions of transformers saved the same.
 *
 * @throws {TokenizerError} naming the file and the key that is not as it must be.
 */
export function parseTokenizerFiles({ config, specialTokensMap, addedTokens }: TokenizerJsonFiles): TokenizerSettings {
  const settings = config === undefined ? {} : parse(configSchema, config);
  warnOfOtherClass(settings.tokenizer_class, config?.path);
  const isLegacy = settings.added_tokens_decoder == null;
  const legacyMap = isLegacy && specialTokensMap !== undefined ? parse(specialTokensSchema, specialTokensMap) : {};
  const special = { ...specialTokenOptions(settings), ...specialTokenOptions(legacyMap) };

  const added = new Map<number, AddedToken>();
  for (const [id, value] of Object.entries(settings.added_tokens_decoder ?? {})) added.set(Number(id), value);
  if (isLegacy && addedTokens !== undefined) {
    const isSpecial = contentsOf(special);
    for (const [content, id] of Object.entries(parse(addedTokensSchema, addedTokens))) {
      added.set(id, addedToken(content, { special: isSpecial.has(content) }));
    }
  }
  const options = withoutUndefined({
    ...special,
    doLowerCase: settings.do_lower_case ?? undefined,
    splitByPunct: settings.split_by_punct ?? undefined,
    modelMaxLength: settings.model_max_length ?? undefined,
    paddingSide: settings.padding_side ?? undefined,
    truncationSide: settings.truncation_side ?? undefined,
    cleanUpTokenizationSpaces: settings.clean_up_tokenization_spaces ?? undefined,
    splitSpecialTokens: settings.split_special_tokens ?? undefined,
    addedTokens: added.size > 0 ? added : undefined,
  });
  const all = (config?.content ?? {}) as Record<string, unknown>;
  return { options, unknown: Object.fromEntries(Object.entries(all).filter(([key]) => !(key in configSchema.shape))) };
}

/** A tokenizer's state as {@link tokenizerFiles} writes it. */
export interface TokenizerState
  extends Required<Omit<DebertaV2TokenizerOptions, keyof SpecialTokenOptions | 'addedTokens'>> {
  readonly vocabulary: TokenizerVocabulary;
  readonly unknown: Readonly<Record<string, unknown>>;
}

/**
 * Contents of the JSON files that describe a tokenizer, by file name; the Python classes read them.
 */
export function tokenizerFiles(state: TokenizerState): Record<string, string> {
  const { vocabulary } = state;
  const { additionalSpecialTokens, ...roles } = vocabulary.specialTokens;
  const rows = SPECIAL_TOKEN_ROLES.map((role) => [snakeCase(role), roles[role]] as const);
  const contents = Object.fromEntries(rows.map(([key, { content }]) => [key, content]));
  const map: Record<string, unknown> = Object.fromEntries(rows.map(([key, value]) => [key, tokenJson(value)]));
  const config: Record<string, unknown> = {
    ...state.unknown,
    ...contents,
    added_tokens_decoder: Object.fromEntries(
      Array.from(vocabulary.addedTokens, ([id, value]) => [id, addedTokenJson(value)]),
    ),
    clean_up_tokenization_spaces: state.cleanUpTokenizationSpaces,
    do_lower_case: state.doLowerCase,
    split_by_punct: state.splitByPunct,
    tokenizer_class: 'DebertaV2Tokenizer',
  };
  if (additionalSpecialTokens.length > 0) {
    config.additional_special_tokens = additionalSpecialTokens.map(({ content }) => content);
    map.additional_special_tokens = additionalSpecialTokens.map(tokenJson);
  }
  // Python's default, 10³⁰, has no plain spelling in JavaScript's JSON; leaving it out means the same.
  if (state.modelMaxLength < NO_MAXIMUM) config.model_max_length = state.modelMaxLength;
  if (state.paddingSide !== 'right') config.padding_side = state.paddingSide;
  if (state.truncationSide !== 'right') config.truncation_side = state.truncationSide;
  if (state.splitSpecialTokens) config.split_special_tokens = true;

  const files = { 'tokenizer_config.json': toJson(config), 'special_tokens_map.json': toJson(map) };
  const beyond = [...vocabulary.addedIds].filter(([, id]) => id >= vocabulary.vocabSize);
  return beyond.length === 0 ? files : { ...files, 'added_tokens.json': toJson(Object.fromEntries(beyond)) };
}

/** What the reference takes for a model without a maximum length. */
export const NO_MAXIMUM = 1e30;

function parse<Schema extends z.ZodType>(schema: Schema, { path, content }: JsonFile): z.output<Schema> {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const key = issue.path.join('.') || 'the file';
  throw new TokenizerError(
    `${path} cannot be used, since ${key} is not as it must be (${issue.message}); correct it or fetch the file again.`,
    { path, expected: issue.message, received: key },
  );
}

function warnOfOtherClass(name: string | null | undefined, path: string | undefined): void {
  if (name == null || /^(DebertaV2Tokenizer(Fast)?|PreTrainedTokenizerFast)$/.test(name)) return;
  logger.warn(`${path} was written for ${name}, not for DebertaV2Tokenizer: its tokens may come out differently.`);
}

function specialTokenOptions(parsed: Partial<z.output<typeof specialTokensSchema>>): SpecialTokenOptions {
  const byRole = SPECIAL_TOKEN_ROLES.map((role) => [role, parsed[snakeCase(role)] ?? undefined]);
  return withoutUndefined({
    ...(Object.fromEntries(byRole) as SpecialTokenOptions),
    additionalSpecialTokens: parsed.additional_special_tokens ?? undefined,
  });
}

/** Texts of all special tokens, defaults included. */
function contentsOf(options: SpecialTokenOptions): Set<string> {
  const tokens = resolveSpecialTokens(options);
  return new Set(
    [...SPECIAL_TOKEN_ROLES.map((role) => tokens[role]), ...tokens.additionalSpecialTokens].map(
      ({ content }) => content,
    ),
  );
}

type SnakeCase<Role extends string> = Role extends `${infer Name}Token` ? `${Name}_token` : never;

function snakeCase<Role extends (typeof SPECIAL_TOKEN_ROLES)[number]>(role: Role): SnakeCase<Role> {
  return role.replace('Token', '_token') as SnakeCase<Role>;
}

/** A plain special token is written as its text alone. */
function tokenJson(value: AddedToken): TokenInput | Record<string, unknown> {
  const { special: _special, ...properties } = addedTokenJson(value);
  const isPlain = !(value.singleWord || value.lstrip || value.rstrip || value.normalized);
  return isPlain ? value.content : properties;
}

/** JSON as Python's `json.dumps(…, indent=2, sort_keys=True)` lays it out. */
function toJson(value: Record<string, unknown>): string {
  const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}
