import { z } from 'zod';
import { CheckpointError } from '../../errors';
import type { FileSource } from '../../sources/file_source';
import { readJson } from '../../sources/read_json';

const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  dtype: z.string(),
  quantization: z.object({ dtype: z.string(), scale: z.number().optional(), min: z.number().optional() }).optional(),
});

const modelJsonSchema = z.object({
  modelTopology: z.unknown().optional(),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) })),
});

/** The parts of a tfjs `model.json` that matter here. */
export type TfjsModelJson = z.output<typeof modelJsonSchema>;

/** Reads a tfjs `model.json`. @throws {CheckpointError} when it is none. */
export async function readTfjsModelJson(source: FileSource, name: string): Promise<TfjsModelJson> {
  const json = await readJson(source, name, CheckpointError);
  const result = modelJsonSchema.safeParse(json);
  if (result.success) return result.data;
  const path = source.pathOf(name);
  const where = result.error.issues[0]?.path.join('.');
  throw new CheckpointError(
    `${path} must be the model.json of a tfjs model, with a weightsManifest, and is not${where ? ` (see ${where})` : ''}; save the model again.`,
    { path, received: where },
  );
}
