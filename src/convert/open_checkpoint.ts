import { type Architecture, architectureOf } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { CheckpointError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import type { CheckpointReader } from './checkpoint_reader';
import { openH5 } from './h5_reader';
import { asCheckpointError } from './random_access_file';
import { readConfig } from './read_config';
import { openSafetensors } from './safetensors_reader';
import { openSharded } from './sharded_reader';
import { openTfjs } from './tfjs_reader';

/** A folder with a configuration and weights, open for reading. */
export interface Checkpoint {
  readonly folder: string;
  readonly config: DebertaV2Config;
  /**
   * What the configuration names; undefined when it names nothing.
   *
   * @throws {ConfigError} on access, when it names none of this package's classes: whoever chose one need not care.
   */
  readonly architecture: Architecture | undefined;
  readonly reader: CheckpointReader;
  close(): Promise<void>;
}

type Open = (path: string) => Promise<CheckpointReader>;

/** Weights files in the order in which a folder is searched: the fastest to read first. */
const WEIGHTS_FILES: readonly (readonly [name: string, open: Open])[] = [
  ['model.json', openTfjs],
  ['model.safetensors', openSafetensors],
  ['model.safetensors.index.json', (path) => openSharded(path, 'safetensors', openSafetensors)],
  ['tf_model.safetensors', openSafetensors],
  ['tf_model.safetensors.index.json', (path) => openSharded(path, 'safetensors', openSafetensors)],
  ['tf_model.h5', openH5],
  ['tf_model.h5.index.json', (path) => openSharded(path, 'h5', openH5)],
];

/** What to do with a weights file the caller names, whatever it is called. */
const BY_ENDING: readonly (readonly [ending: string, open: Open])[] = [
  ['.safetensors.index.json', (path) => openSharded(path, 'safetensors', openSafetensors)],
  ['.h5.index.json', (path) => openSharded(path, 'h5', openH5)],
  ['.json', openTfjs],
  ['.safetensors', openSafetensors],
  ['.h5', openH5],
];

/**
 * Opens a checkpoint in any format this package reads.
 *
 * A folder is searched for `model.json` (tfjs), `model.safetensors`, `tf_model.safetensors` and `tf_model.h5` in
 * this order, each also in shards with an index. The configuration is `config.json` or the original's
 * `model_config.json` beside the weights; a tfjs `model.json` may stand alone.
 *
 * @param source a folder, or one weights file in it.
 * @param options `config`: used instead of the one beside the weights.
 * @throws {CheckpointError} when there is no such source, it holds no weights, or they are damaged.
 * @throws {ConfigError} when the configuration is not JSON or not valid.
 *
 * @example
 * const checkpoint = await openCheckpoint('deberta-v3-small');
 * const table = await checkpoint.reader.read('deberta.embeddings.word_embeddings.weight', [0, 10]);
 * await checkpoint.close();
 */
export async function openCheckpoint(
  source: string,
  options: { readonly config?: DebertaV2Config } = {},
): Promise<Checkpoint> {
  const { folder, weights, open } = await findWeights(source);
  const config = options.config ?? (await readConfig(folder, weights));
  const reader = await open(weights);
  return {
    folder,
    config,
    get architecture() {
      return architectureOf(config.toJSON());
    },
    reader,
    close: () => reader.close(),
  };
}

async function findWeights(source: string): Promise<{ folder: string; weights: string; open: Open }> {
  const path = nodeBuiltin('node:path');
  const stats = await asCheckpointError(source, () => nodeBuiltin('node:fs/promises').stat(source));
  if (!stats.isDirectory()) {
    const [, open] = BY_ENDING.find(([ending]) => source.endsWith(ending)) ?? [];
    if (open === undefined) throw notReadable(source);
    return { folder: path.dirname(source), weights: source, open };
  }
  const present = new Set(await asCheckpointError(source, () => nodeBuiltin('node:fs/promises').readdir(source)));
  const [name, open] = WEIGHTS_FILES.find(([file]) => present.has(file)) ?? [];
  if (name === undefined || open === undefined) throw noWeights(source, present);
  return { folder: source, weights: path.join(source, name), open };
}

function noWeights(folder: string, present: ReadonlySet<string>): CheckpointError {
  const pickle = [...present].find((file) => /^pytorch_model.*\.bin(\.index\.json)?$/.test(file));
  if (pickle !== undefined) return notReadable(nodeBuiltin('node:path').join(folder, pickle));
  const names = WEIGHTS_FILES.map(([name]) => name).join(', ');
  return new CheckpointError(
    `${folder} must hold one of ${names} and holds none of them; name the checkpoint's folder.`,
    {
      path: folder,
      expected: WEIGHTS_FILES.map(([name]) => name),
      received: [...present],
    },
  );
}

function notReadable(path: string): CheckpointError {
  const advice = /\.(bin|bin\.index\.json|pt|pth|ckpt)$/.test(path)
    ? 'is a Python pickle, which this version does not read; save it once in Python with save_pretrained(folder, safe_serialization=True)'
    : 'must end in .safetensors, .h5 or .json to be read as weights; name a file of these formats or its folder';
  return new CheckpointError(`${path} ${advice}.`, { path, expected: ['.safetensors', '.h5', '.json'] });
}
