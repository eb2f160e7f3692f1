import { CheckpointError } from '../../errors';
import { TorchTensor } from './torch_tensor';

/** Where training loops put the weights beside epochs and optimizers, in the order of preference. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'module'];

/** Dictionaries within dictionaries: more than anybody has. */
const MAX_DEPTH = 16;
const MAX_NAME_LENGTH = 1024;

/** The weights of a pickled file. */
export interface TorchStateDict {
  /** By name; the keys of nested dictionaries are joined by dots. */
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** What lies under the key `config` beside or around the weights. */
  readonly config?: unknown;
}

/**
 * Finds the state dict in what `torch.save` was given: the dictionary itself, or the one under `state_dict`,
 * `model_state_dict`, `model` or `module`. Entries that are no tensors are left out.
 *
 * @param path for messages.
 * @throws {CheckpointError} when there is none, or it contains itself or the same dictionary twice.
 */
export function torchStateDict(path: string, value: unknown): TorchStateDict {
  const found = value instanceof Map ? search(path, value, new Set()) : undefined;
  if (found !== undefined) return found;
  throw new CheckpointError(
    `${path} must hold a state_dict of tensors and does not; save model.state_dict() with torch.save.`,
    { path, expected: WRAPPERS },
  );
}

type Dictionary = ReadonlyMap<unknown, unknown>;

function search(path: string, dictionary: Dictionary, searched: Set<Dictionary>): TorchStateDict | undefined {
  if (searched.has(dictionary) || searched.size > MAX_DEPTH) return undefined;
  searched.add(dictionary);
  const config = dictionary.get('config');
  const around = config === undefined ? {} : { config };
  for (const wrapper of WRAPPERS) {
    const inner = dictionary.get(wrapper);
    const found = inner instanceof Map ? search(path, inner, searched) : undefined;
    if (found !== undefined) return { ...around, ...found };
  }
  const tensors = flatten(path, dictionary);
  return tensors.size > 0 ? { ...around, tensors } : undefined;
}

function flatten(path: string, root: Dictionary): ReadonlyMap<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  const seen = new Set<Dictionary>();
  const walk = (dictionary: Dictionary, prefix: string, depth: number) => {
    // Each dictionary once: few that contain each other would make more names than memory holds.
    if (seen.has(dictionary) || depth > MAX_DEPTH) throw entangled(path, prefix);
    seen.add(dictionary);
    for (const [key, value] of dictionary) {
      if (typeof key !== 'string') continue;
      const name = `${prefix}${key}`;
      if (value instanceof Map) walk(value, `${name}.`, depth + 1);
      else if (value instanceof TorchTensor) {
        if (name.length > MAX_NAME_LENGTH) throw entangled(path, name);
        tensors.set(name, value);
      }
    }
  };
  walk(root, '', 0);
  return tensors;
}

function entangled(path: string, name: string): CheckpointError {
  const shown = JSON.stringify(name.slice(0, 80));
  return new CheckpointError(
    `${path} must hold each dictionary of its state_dict once, at most ${MAX_DEPTH} within each other, and names of at most ${MAX_NAME_LENGTH} letters, received ${shown}; save model.state_dict() with torch.save.`,
    { path, received: name },
  );
}
