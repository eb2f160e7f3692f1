import type { DebertaV2Config } from '../config/deberta_v2_config';
import { CheckpointError } from '../errors';
import { type FileSource, firstPresent } from '../sources/file_source';
import type { CheckpointReader, SourceFormat } from './checkpoint_reader';
import { openH5 } from './h5/h5_reader';
import { completeOriginal } from './pytorch/complete_original';
import { needsGenerator } from './pytorch/original_reader';
import { openPytorch } from './pytorch/pytorch_reader';
import { openSafetensors } from './safetensors/safetensors_reader';
import { openSharded } from './sharded_reader';
import { findBundle } from './tensorflow/find_bundle';
import { openSavedModel } from './tensorflow/saved_model_reader';
import { openTf2 } from './tensorflow/tf2_reader';
import { openTfjs } from './tfjs/tfjs_reader';

/** What a reader may need beside the file. */
export interface OpenContext {
  /** @throws {CheckpointError} when there is no configuration. */
  requireConfig(): DebertaV2Config;
  /** See `OpenOptions`. */
  readonly generator: string | undefined;
}

type Open = (source: FileSource, name: string, context: OpenContext) => Promise<CheckpointReader>;

/** A weights file, and how to open it. */
export interface WeightsFile {
  readonly name: string;
  readonly open: (context: OpenContext) => Promise<CheckpointReader>;
}

interface FormatRow {
  /** Those it is looked for as: what a pickle holds tells which of two it is. */
  readonly formats: readonly SourceFormat[];
  /** Names a folder is searched for; those of formats with shards also with `.index.json` behind them. */
  readonly files: readonly string[];
  /** Looks for a file of no fixed name instead; messages say what it is. */
  readonly search?: { readonly find: (source: FileSource) => Promise<string | undefined>; readonly what: string };
  /** Endings of files that are named. */
  readonly endings: readonly string[];
  readonly open: Open;
  /** Opens one of several files, where the format has shards. */
  readonly openShard?: (source: FileSource, name: string) => Promise<CheckpointReader>;
  /** What is left to do when all files are open. */
  readonly complete?: (reader: CheckpointReader, source: FileSource, context: OpenContext) => Promise<CheckpointReader>;
}

const SHARD_INDEX = '.index.json';

/** In the order in which a folder is searched: the fastest to read first. */
const FORMATS: readonly FormatRow[] = [
  { formats: ['tfjs'], files: ['model.json'], endings: ['.json'], open: openTfjs },
  {
    formats: ['safetensors'],
    files: ['model.safetensors', 'tf_model.safetensors'],
    endings: ['.safetensors'],
    open: openSafetensors,
    openShard: openSafetensors,
    // As pre-training here saves a discriminator; others are whole, whatever their heads.
    complete: async (reader, source, context) => (needsGenerator(reader) ? complete(reader, source, context) : reader),
  },
  { formats: ['h5'], files: ['tf_model.h5'], endings: ['.h5', '.hdf5'], open: openH5, openShard: openH5 },
  {
    formats: ['bin', 'original'],
    files: ['pytorch_model.bin'],
    endings: ['.bin', '.pt', '.pth', '.ckpt'],
    open: openPytorch,
    openShard: openPytorch,
    complete,
  },
  {
    formats: ['savedmodel'],
    files: ['saved_model.pb'],
    endings: ['.pb'],
    open: (source, _name, { requireConfig }) => openSavedModel(source, requireConfig()),
  },
  {
    formats: ['tf2'],
    files: [],
    search: { find: findBundle, what: 'a TensorFlow checkpoint' },
    endings: ['.index'],
    open: (source, name, { requireConfig }) => openTf2(source, name, requireConfig()),
  },
];

/**
 * Finds the weights of a checkpoint.
 *
 * A folder is searched for `model.json` (tfjs), `model.safetensors`, `tf_model.safetensors`, `tf_model.h5` and
 * `pytorch_model.bin` in this order, each but the first also in shards with an index, then for `saved_model.pb`, then
 * for the index of a TensorFlow checkpoint.
 *
 * @param file the weights file in the source, where one is named.
 * @param from the only format to look for.
 * @throws {CheckpointError} when there is none, or the file is of no known kind.
 */
export async function findWeights(
  source: FileSource,
  file: string | undefined,
  from: SourceFormat | undefined,
): Promise<WeightsFile> {
  const rows = FORMATS.filter(({ formats }) => from === undefined || formats.includes(from));
  return file === undefined ? searchFolder(source, rows) : openNamed(source, file, rows, from);
}

function openNamed(
  source: FileSource,
  file: string,
  rows: readonly FormatRow[],
  from: SourceFormat | undefined,
): WeightsFile {
  // TensorFlow writes the numbers and their index into files of different endings.
  const name = file.replace(/\.data-\d{5}-of-\d{5}$/, '.index');
  const ending = name.endsWith(SHARD_INDEX) ? name.slice(0, -SHARD_INDEX.length) : name;
  const isIndex = ending !== name;
  const fitting = rows.find(
    ({ endings, openShard }) => endings.some((end) => ending.endsWith(end)) && (!isIndex || openShard !== undefined),
  );
  // Whoever says what it is need not have named it so.
  const row = fitting ?? (from === undefined ? undefined : rows[0]);
  if (row === undefined) throw notReadable(source.pathOf(file), rows);
  return { name, open: opener(source, name, row, isIndex) };
}

function complete(reader: CheckpointReader, source: FileSource, context: OpenContext): Promise<CheckpointReader> {
  return completeOriginal(reader, source, context.generator, async (place, name) => {
    const weights = await findWeights(place, name, undefined);
    return weights.open(context);
  });
}

function opener(source: FileSource, name: string, row: FormatRow, isIndex: boolean): WeightsFile['open'] {
  const { open, openShard, complete } = row;
  return async (context) => {
    const isSharded = isIndex && openShard !== undefined;
    const reader = await (isSharded ? openSharded(source, name, openShard) : open(source, name, context));
    return complete === undefined ? reader : complete(reader, source, context);
  };
}

async function searchFolder(source: FileSource, rows: readonly FormatRow[]): Promise<WeightsFile> {
  for (const row of rows) {
    const names = row.files.flatMap((file) => (row.openShard ? [file, `${file}${SHARD_INDEX}`] : [file]));
    const name = await (row.search?.find(source) ?? firstPresent(source, names));
    if (name !== undefined) return { name, open: opener(source, name, row, name.endsWith(SHARD_INDEX)) };
  }
  const { location } = source;
  const expected = rows.flatMap(({ files, search }) => (search === undefined ? files : [search.what]));
  const wanted =
    expected.length === 1 ? `${expected[0]} and does not` : `one of ${expected.join(', ')} and holds none of them`;
  throw new CheckpointError(`${location} must hold ${wanted}; name the checkpoint's folder.`, {
    path: location,
    expected,
    received: await source.list(),
  });
}

function notReadable(path: string, rows: readonly FormatRow[]): CheckpointError {
  const endings = rows.flatMap((row) => row.endings);
  return new CheckpointError(
    `${path} must end in ${endings.slice(0, -1).join(', ')} or ${endings.at(-1)} to be read as weights; name a file of these formats or its folder, or say which format it is.`,
    { path, expected: endings },
  );
}
