import type { Architecture } from '../../config/architecture';
import { DebertaError, OutputError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';
import { writeIndex } from '../index_writer';
import { elementCount } from '../numbers/element_count';
import { CHUNK_NUMBERS, rowChunks } from '../numbers/row_chunks';
import { planShards } from '../shard_plan';
import type { WeightSpec } from '../weight_names';
import type { WriteJob } from '../write_job';
import { writtenName } from '../written_name';
import { loadH5 } from './h5_library';

type H5 = Awaited<ReturnType<typeof loadH5>>['h5'];
type H5File = InstanceType<H5['File']>;
type H5Group = InstanceType<H5['Group']>;

/** Keras' layers of a model, apart from the masked-LM head: those without weights are part of the format too. */
const LAYERS: Readonly<Record<Architecture, readonly string[]>> = {
  TFDebertaV2Model: ['deberta'],
  TFDebertaV2ForMaskedLM: ['deberta'],
  TFDebertaV2ForSequenceClassification: ['deberta', 'pooler', 'cls_dropout', 'classifier'],
  TFDebertaV2ForTokenClassification: ['deberta', 'dropout', 'classifier'],
  TFDebertaV2ForQuestionAnswering: ['deberta', 'qa_outputs'],
  TFDebertaV2ForMultipleChoice: ['deberta', 'dropout', 'pooler', 'classifier'],
  TFDebertaV2ForReplacedTokenDetection: ['deberta', 'mask_predictions'],
};

/** The last version of Keras whose format this is. */
const KERAS_VERSION = '2.15.0';

/** An attribute may not exceed 64 KiB; a name takes 16 bytes there. */
const NAMES_AN_ATTRIBUTE = 4000;

/**
 * Writes `tf_model.h5` as `save_pretrained` of Hugging Face's TensorFlow classes does, or its shards with an index.
 *
 * @throws {OutputError} when the disk is full.
 */
export async function writeH5(job: WriteJob): Promise<void> {
  const { folder, maxShardSize, specs } = job;
  const { h5 } = await loadH5();
  const { join } = nodeBuiltin('node:path');
  const variableName = (spec: WeightSpec) => writtenName('h5', spec, job);
  const shards = planShards(specs, 'tf_model.h5', maxShardSize);
  for (const shard of shards) {
    const path = join(folder, shard.file);
    const file = inH5(path, () => new h5.File(path, 'w'));
    try {
      if (shards.length > 1) await writeFlat(path, file, shard.specs, job);
      else await writeLayers(path, file, job, variableName);
      inH5(path, () => file.close());
    } catch (error) {
      // The library does not say why it cannot write; a plain write to the same place does.
      if (error instanceof OutputError) await writeProbe(folder);
      closeQuietly(file);
      throw error;
    }
  }
  if (shards.length > 1) await writeIndex(join(folder, 'tf_model.h5.index.json'), shards, variableName, job.dtype);
}

/** One file: a group a layer with the layer's weights in it. */
async function writeLayers(
  path: string,
  file: H5File,
  { architecture, specs, read }: WriteJob,
  variableName: (spec: WeightSpec) => string,
): Promise<void> {
  const layerOf = ({ tfName }: WeightSpec) => tfName.split('/')[0]!;
  const layers = [...new Set([...LAYERS[architecture], ...specs.map(layerOf)])];
  const groups = new Set<string>();
  for (const spec of specs) {
    await writeDataset(path, file, `${layerOf(spec)}/${variableName(spec)}`, spec, read, groups);
  }
  inH5(path, () => {
    writeNames(file, 'layer_names', layers);
    file.create_attribute('backend', 'tensorflow');
    file.create_attribute('keras_version', KERAS_VERSION);
    for (const layer of [...layers, 'top_level_model_weights']) {
      createGroups(file, `${layer}/`, groups);
      const names = specs.filter((spec) => layerOf(spec) === layer).map(variableName);
      // The layers of the masked-LM head include the embeddings, whose table the decoder shares.
      const shared = layer === 'cls' ? specs.filter(({ part }) => part === 'embeddings').map(variableName) : [];
      for (const name of shared) {
        createGroups(file, `${layer}/${name}`, groups);
        file.create_hard_link(`/deberta/${name}`, `${layer}/${name}`);
      }
      writeNames(file.get(layer) as H5Group, 'weight_names', [...names, ...shared]);
    }
  });
}

/** One of several files: the weights by name, without groups for layers. */
async function writeFlat(path: string, file: H5File, specs: readonly WeightSpec[], { read }: WriteJob): Promise<void> {
  const groups = new Set<string>();
  for (const spec of specs) await writeDataset(path, file, `${spec.tfName}:0`, spec, read, groups);
  const names = specs.map(({ tfName }) => `${tfName}:0`);
  inH5(path, () => writeNames(file, 'layer_names', names));
}

/** Writes piece by piece, since the library keeps a copy of each piece. */
async function writeDataset(
  path: string,
  file: H5File,
  name: string,
  spec: WeightSpec,
  read: WriteJob['read'],
  groups: Set<string>,
): Promise<void> {
  const { shape } = spec;
  const rest = shape.slice(1);
  const rowLength = elementCount(rest);
  const dataset = inH5(path, () => {
    createGroups(file, name, groups);
    return createDataset(file, name, shape);
  });
  let row = 0;
  for await (const values of read(spec)) {
    for (const [start, end] of rowChunks([values.length / rowLength, ...rest])) {
      const range = [row + start, row + end] as [number, number];
      const piece = values.subarray(start * rowLength, end * rowLength);
      inH5(path, () => dataset.write_slice([range, ...rest.map((size) => [0, size] as [number, number])], piece));
    }
    row += values.length / rowLength;
  }
}

function createDataset(file: H5File, name: string, shape: readonly number[]) {
  const length = elementCount(shape);
  if (length <= CHUNK_NUMBERS) {
    return file.create_dataset({ name, data: new Float32Array(length), shape: [...shape] });
  }
  // Only a dataset made of pieces can be created without its numbers at hand.
  const rest = shape.slice(1);
  const [firstRows] = rowChunks(shape);
  const dataset = file.create_dataset({
    name,
    data: new Float32Array(0),
    shape: [0, ...rest],
    maxshape: [...shape],
    chunks: [firstRows![1], ...rest],
  });
  dataset.resize([...shape]);
  return dataset;
}

/** Makes the groups above the last step of a path; `groups` remembers those that exist. */
function createGroups(file: H5File, path: string, groups: Set<string>): void {
  const steps = path.split('/').slice(0, -1);
  steps.forEach((_, index) => {
    const group = steps.slice(0, index + 1).join('/');
    if (groups.has(group)) return;
    file.create_group(group);
    groups.add(group);
  });
}

/** Writes a list of names; Keras calls the parts of a long one `name0`, `name1` and so on. */
function writeNames(group: H5Group, attribute: string, names: readonly string[]): void {
  // What Keras writes for a layer without weights.
  if (names.length === 0) group.create_attribute(attribute, new Float64Array(0));
  else if (names.length <= NAMES_AN_ATTRIBUTE) group.create_attribute(attribute, [...names]);
  else {
    for (let part = 0; part * NAMES_AN_ATTRIBUTE < names.length; part++) {
      const start = part * NAMES_AN_ATTRIBUTE;
      group.create_attribute(`${attribute}${part}`, names.slice(start, start + NAMES_AN_ATTRIBUTE));
    }
  }
}

/** Throws the system's error when nothing can be written to a folder. */
async function writeProbe(folder: string): Promise<void> {
  await nodeBuiltin('node:fs/promises').writeFile(
    nodeBuiltin('node:path').join(folder, 'probe'),
    new Uint8Array(65536),
  );
}

/** Gives the file up after a failure; what the library cannot write now does not matter any more. */
function closeQuietly(file: H5File): void {
  try {
    file.close();
  } catch {
    // The first error is the one to report.
  }
}

/** Turns the library's errors, which are whole stacks of C functions, into an {@link OutputError}. */
function inH5<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof DebertaError) throw cause;
    const file = nodeBuiltin('node:path').basename(path);
    throw new OutputError(`${file} could not be written: the HDF5 library reports a problem; see the error's cause.`, {
      path,
      cause,
    });
  }
}
