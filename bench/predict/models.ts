import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE } from '../cache';

const FOLDER = join(CACHE, 'predict');

/** Models of the benchmark: the shapes of deberta-v3-xsmall and -base with a vocabulary of 8000. */
export const MODEL_NAMES = ['xsmall', 'base'] as const;

export type ModelName = (typeof MODEL_NAMES)[number];

/** Folder of a model's checkpoint; its ONNX graph lies beside, with the ending `.onnx`. */
export function modelFolder(name: ModelName): string {
  return join(FOLDER, name);
}

/** Size of a model's weights. */
export async function weightBytes(name: ModelName): Promise<number> {
  return (await stat(join(modelFolder(name), 'model.safetensors'))).size;
}

/**
 * Has the reference make the models that are missing.
 *
 * @param python with the packages of `tests/reference/requirements.txt` and `onnx`.
 */
export async function makeModels(python = 'python3'): Promise<void> {
  if (!MODEL_NAMES.every((name) => existsSync(`${modelFolder(name)}.onnx`))) await exportModels(python);
  for (const name of MODEL_NAMES) await linkForTransformersJs(name);
}

/** transformers.js looks for a graph in a folder of the checkpoint. */
async function linkForTransformersJs(name: ModelName): Promise<void> {
  const folder = join(modelFolder(name), 'onnx');
  const link = join(folder, 'model.onnx');
  if (existsSync(link)) return;
  await mkdir(folder, { recursive: true });
  await symlink(`../../${name}.onnx`, link);
}

async function exportModels(python: string): Promise<void> {
  process.stderr.write('Making the models with the reference…\n');
  await promisify(execFile)(python, [join(__dirname, 'export_onnx.py'), FOLDER]).catch((error: Error) => {
    throw new Error(
      `${python} must make the models and could not; install tests/reference/requirements.txt and onnx for it, or name another with --python.\n${error.message}`,
    );
  });
}
