import { writeFolderAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import type { BundleTensor } from '../tensor_bundle/bundle_tensor';
import { writeTensorBundle } from '../tensor_bundle/write_tensor_bundle';
import { encodeSavedModel, type Signature } from './encode_saved_model';
import type { GraphDef } from './graph_def';
import type { SavedVariable } from './saved_variable';
import { variableSaver } from './variable_saver';

/** What is written as a SavedModel. */
export interface SavedModel {
  readonly graph: GraphDef;
  /** By their names, such as `serving_default`. */
  readonly signatures: Readonly<Record<string, Signature>>;
  /** Those the graph has; none by default. */
  readonly variables?: readonly SavedVariable[];
  /** Values the graph has no use for, kept beside its variables for whoever reads the checkpoint; none by default. */
  readonly unused?: readonly SavedVariable[];
}

/**
 * Writes a SavedModel: `saved_model.pb` and, with variables, a checkpoint of them in `variables/`.
 *
 * The folder appears when it is complete. Values are asked for one variable after another, so memory holds one at a
 * time.
 *
 * @param folder must not exist, unless `overwrite` is set.
 * @throws {OutputError} when the folder exists or cannot be written (nothing of it remains), or the graph's constants
 *   exceed 2 GiB.
 * @throws {InputError} when a variable's values do not fit its shape.
 */
export async function writeSavedModel(
  folder: string,
  { graph, signatures, variables = [], unused = [] }: SavedModel,
  { overwrite = false }: { readonly overwrite?: boolean } = {},
): Promise<void> {
  const { join } = nodeBuiltin('node:path');
  const { mkdir, writeFile } = nodeBuiltin('node:fs/promises');
  await writeFolderAtomically(folder, { overwrite }, async (target) => {
    const pb = join(target, 'saved_model.pb');
    if (variables.length === 0) return writeFile(pb, encodeSavedModel(graph, signatures));
    const { nodes, parts } = variableSaver(variables);
    await writeFile(pb, encodeSavedModel({ ...graph, nodes: [...graph.nodes, ...nodes] }, signatures, parts));
    await mkdir(join(target, 'variables'));
    await writeTensorBundle(join(target, 'variables', 'variables'), [[...variables, ...unused].map(toTensor)]);
  });
}

function toTensor({ name, shape, values }: SavedVariable): BundleTensor {
  const pieces = async function* () {
    yield await values();
  };
  return { name, shape, pieces };
}
