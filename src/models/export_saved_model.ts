import type { Tensor } from '@tensorflow/tfjs';
import { UsageError } from '../errors';
import type { SavedVariable } from '../graph/saved_variable';
import { writeSavedModel } from '../graph/write_saved_model';
import { buildExportGraph } from '../inference/export_graph';
import { PositionTables } from '../inference/position_tables';
import type { Program } from '../inference/program';
import type { WeightSource } from '../inference/weight_nodes';
import type { WeightReader } from '../inference/weight_reader';

/** Options of `exportSavedModel`. */
export interface ExportSavedModelOptions {
  /** Name of the signature, `serving_default` by default. */
  readonly signature?: string;
  /** Whether an existing folder is replaced; false by default. */
  readonly overwrite?: boolean;
}

/**
 * Writes a program and its weights as a TensorFlow SavedModel.
 *
 * @param names of all weights of the model: those the program does without, as it has tables computed from them, are
 *   written too, so that the model can be read back.
 * @throws {OutputError} as `writeSavedModel` does; {@link UsageError} for a signature without a name.
 */
export async function exportSavedModel(
  folder: string,
  program: Program,
  weights: WeightReader,
  names: readonly string[],
  { signature = 'serving_default', overwrite = false }: ExportSavedModelOptions,
): Promise<void> {
  if (signature === '') throw new UsageError('The signature of a SavedModel must have a name, received an empty one.');
  const tables = new PositionTables(program, weights);
  try {
    tables.refresh();
    const read = (source: WeightSource) => (source.kind === 'weight' ? weights(source.name) : tables.get(source.table));
    const exported = buildExportGraph(program, (source) => read(source).shape);
    const toVariable = (name: string, value: () => Tensor): SavedVariable => ({
      name,
      shape: value().shape,
      values: async () => (await value().data()) as Float32Array,
    });
    const variables = exported.variables.map((source) => toVariable(source.name, () => read(source)));
    const known = new Set(variables.map(({ name }) => name));
    const unused = names.filter((name) => !known.has(name)).map((name) => toVariable(name, () => weights(name)));
    const model = { graph: exported.graph, signatures: { [signature]: exported.signature }, variables, unused };
    await writeSavedModel(folder, model, { overwrite });
  } finally {
    tables.dispose();
  }
}
