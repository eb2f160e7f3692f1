import { CheckpointError } from '../errors';
import type { CheckpointReader, TensorInfo } from './checkpoint_reader';
import { canonicalName, type WeightSpec } from './weight_names';

/** What did not fit when a checkpoint was matched with a model, as Hugging Face reports it. */
export interface LoadingInfo {
  /** Weights of the model (canonical names) that the file does not hold. */
  readonly missingKeys: readonly string[];
  /** Tensors of the file (as spelled there) that the model has no use for. */
  readonly unexpectedKeys: readonly string[];
  /** Weights found in another shape; both shapes as they lie in the file. */
  readonly mismatchedKeys: readonly {
    readonly name: string;
    readonly received: readonly number[];
    readonly expected: readonly number[];
  }[];
}

/** What is still missing or of another shape when some weights, by canonical names, come from elsewhere. */
export function withoutWeights(info: LoadingInfo, names: readonly string[]): LoadingInfo {
  return {
    ...info,
    missingKeys: info.missingKeys.filter((name) => !names.includes(name)),
    mismatchedKeys: info.mismatchedKeys.filter(({ name }) => !names.includes(name)),
  };
}

/** A weight and the tensor it is read from. */
export interface PlannedWeight {
  readonly spec: WeightSpec;
  /** Name as in the file. */
  readonly source: string;
}

/** Which tensor goes into which weight, in the order of the weights. */
export interface WeightPlan {
  readonly entries: readonly PlannedWeight[];
  readonly info: LoadingInfo;
}

/**
 * Matches the tensors of a checkpoint with the weights of a model, by any known spelling of their names.
 *
 * @param layout how the file's matrices lie.
 * @param options `ignoreMismatchedSizes`: list weights of another shape instead of refusing them.
 * @throws {CheckpointError} when a weight of the encoder or the embeddings is missing, a shape is wrong, or the file
 *   holds a DeBERTa v1 model. Missing head weights are listed.
 */
export function planWeights(
  tensors: ReadonlyMap<string, TensorInfo>,
  layout: CheckpointReader['layout'],
  specs: readonly WeightSpec[],
  options: { readonly ignoreMismatchedSizes?: boolean } = {},
): WeightPlan {
  refuseFirstVersion(tensors);
  const sources = sourcesByName(tensors);
  const entries: PlannedWeight[] = [];
  const missing: WeightSpec[] = [];
  const mismatchedKeys: LoadingInfo['mismatchedKeys'][number][] = [];
  for (const spec of specs) {
    const source = sources.get(spec.name);
    if (source === undefined) {
      missing.push(spec);
      continue;
    }
    const expected = layout === 'tf' ? spec.shape : spec.pytorchShape;
    const received = tensors.get(source)!.shape;
    if (isSameShape(expected, received)) entries.push({ spec, source });
    else mismatchedKeys.push({ name: spec.name, received, expected });
  }
  if (options.ignoreMismatchedSizes !== true) refuseMismatches(mismatchedKeys);
  refuseMissing(missing, tensors, entries.length === 0);
  const missingKeys = missing.map(({ name }) => name);
  const unexpectedKeys = findUnexpected(tensors, specs);
  return { entries, info: { missingKeys, unexpectedKeys, mismatchedKeys } };
}

/** From canonical name to name in the file; where a file spells a weight twice, the canonical spelling wins. */
function sourcesByName(tensors: ReadonlyMap<string, TensorInfo>): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const [source, { knownAs = source }] of tensors) {
    const name = canonicalName(knownAs);
    if (source === name || !sources.has(name)) sources.set(name, source);
  }
  return sources;
}

function refuseFirstVersion(tensors: ReadonlyMap<string, TensorInfo>): void {
  for (const name of tensors.keys()) {
    if (/[./](in_proj|q_bias|v_bias)([./:]|$)/.test(name)) {
      throw new CheckpointError(
        `The checkpoint must be DeBERTa v2 or v3, received ${name}, a weight of DeBERTa v1, which is another architecture with another tokenizer; use a v2 or v3 checkpoint.`,
        { received: name },
      );
    }
  }
}

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function refuseMismatches(mismatches: LoadingInfo['mismatchedKeys']): void {
  const [first] = mismatches;
  if (first === undefined) return;
  const others = mismatches.length > 1 ? ` (and ${mismatches.length - 1} more)` : '';
  throw new CheckpointError(
    `Weight ${first.name} must have shape [${first.expected}] by the configuration, received [${first.received}]${others}; use the configuration that belongs to the weights, or allow mismatched sizes.`,
    { path: first.name, expected: first.expected, received: mismatches },
  );
}

/** What in the configuration may be wrong when a weight is missing. */
const CAUSES: readonly (readonly [pattern: RegExp, cause: string])[] = [
  [/position_embeddings/, 'position_biased_input, which asks for absolute positions,'],
  [/token_type_embeddings/, 'type_vocab_size, which asks for token types,'],
  [/embed_proj/, 'embedding_size'],
  [/rel_embeddings/, 'relative_attention'],
  [/^deberta\.encoder\.LayerNorm/, 'norm_rel_ebd'],
  [/\.conv\./, 'conv_kernel_size'],
  [/pos_(key|query)_proj/, 'share_att_key, which when false asks for projections of their own,'],
  [/\.layer\.\d+\./, 'num_hidden_layers'],
];

function refuseMissing(
  missing: readonly WeightSpec[],
  tensors: ReadonlyMap<string, TensorInfo>,
  nothingFits: boolean,
): void {
  const names = missing.filter(({ part }) => part !== 'head').map(({ name }) => name);
  const [first] = names;
  if (first === undefined) return;
  const shown = names.slice(0, 3).join(', ');
  const others = names.length > 3 ? ` and ${names.length - 3} more` : '';
  throw new CheckpointError(`The checkpoint lacks ${shown}${others}; ${explainMissing(first, tensors, nothingFits)}.`, {
    path: first,
    expected: names,
    received: [...tensors.keys()],
  });
}

function explainMissing(first: string, tensors: ReadonlyMap<string, TensorInfo>, nothingFits: boolean): string {
  if (nothingFits) return 'none of its tensors is a DeBERTa-v2 weight, so choose another checkpoint';
  const delta = first.replace(/weight$/, '_weight');
  if ([...tensors.keys()].some((name) => `deberta.${name}`.endsWith(delta))) {
    return `it has only _weight, a difference to the generator's table, so use the checkpoint of the whole model`;
  }
  const cause = CAUSES.find(([pattern]) => pattern.test(first))?.[1];
  return cause === undefined
    ? 'it may be cut short or belong to another model, so get it again'
    : `see whether ${cause} in config.json belongs to these weights, or get the file again`;
}

/** Buffers, and copies of tied weights. */
const COPIES = [/position_ids(:\d+)?$/, /^(.*\.)?cls\.predictions\.decoder\.(weight|bias)$/];

/** Leftovers that say nothing: copies, and pre-training heads that every model drops. */
const HARMLESS = [
  ...COPIES,
  /^(.*[./])?mask_predictions[./]/,
  // The original keeps a table of absolute positions for pre-training only.
  /(^|[./])embeddings[./]position_embeddings[./]/,
];

/** Whether a tensor says nothing that another, or the configuration, does not say as well. */
export function isCopy(name: string): boolean {
  return COPIES.some((pattern) => pattern.test(name));
}

function findUnexpected(tensors: ReadonlyMap<string, TensorInfo>, specs: readonly WeightSpec[]): string[] {
  const wanted = new Set(specs.map(({ name }) => name));
  const isDelta = (name: string) => name.endsWith('._weight') && tensors.has(name.replace(/_weight$/, 'weight'));
  return [...tensors]
    .filter(([source, { knownAs: name = source }]) => {
      return !wanted.has(canonicalName(name)) && !isDelta(name) && !HARMLESS.some((pattern) => pattern.test(name));
    })
    .map(([source]) => source);
}
