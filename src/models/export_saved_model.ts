import { UsageError } from '../errors';
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
 * @throws {OutputError} as `writeSavedModel` does; {@link UsageError} for a signature without a name.
 */
export async function exportSavedModel(
  folder: string,
  program: Program,
  weights: WeightReader,
  { signature = 'serving_default', overwrite = false }: ExportSavedModelOptions,
): Promise<void> {
  if (signature === '') throw new UsageError('The signature of a SavedModel must have a name, received an empty one.');
  const tables = new PositionTables(program, weights);
  try {
    tables.refresh();
    const read = (source: WeightSource) => (source.kind === 'weight' ? weights(source.name) : tables.get(source.table));
    const exported = buildExportGraph(program, (source) => read(source).shape);
    const variables = exported.variables.map((source) => ({
      name: source.name,
      shape: read(source).shape,
      values: async () => (await read(source).data()) as Float32Array,
    }));
    const { graph } = exported;
    await writeSavedModel(folder, { graph, signatures: { [signature]: exported.signature }, variables }, { overwrite });
  } finally {
    tables.dispose();
  }
}
