import * as tf from '@tensorflow/tfjs';
import { elementCount } from '../../convert/numbers/element_count';
import { encodeSafetensorsHeader } from '../../convert/safetensors/encode_safetensors_header';
import { openSafetensors } from '../../convert/safetensors/safetensors_reader';
import { nodeBuiltin } from '../../files/node_builtins';
import { createOutputFile } from '../../files/output_file';
import { localFolder } from '../../sources/local_folder';

const OPTIMIZER_FILE = 'optimizer.safetensors';

/** Writes what an optimizer keeps from step to step into the folder of a checkpoint, tensor by tensor. */
export async function writeOptimizerState(folder: string, optimizer: tf.Optimizer): Promise<void> {
  const named = await optimizer.getWeights();
  try {
    const file = await createOutputFile(nodeBuiltin('node:path').join(folder, OPTIMIZER_FILE));
    try {
      const header = named.map(({ name, tensor: { dtype, shape } }) => {
        const bytes = 4 * elementCount(shape);
        return { name, dtype: dtype === 'int32' ? ('I32' as const) : ('F32' as const), shape, bytes };
      });
      await file.write(encodeSafetensorsHeader(header));
      for (const { tensor } of named) await file.write(await tensor.data());
    } finally {
      await file.close();
    }
  } finally {
    // Those of tfjs hand out their own variables.
    tf.dispose(named.map(({ tensor }) => tensor).filter((tensor) => !(tensor instanceof tf.Variable)));
  }
}

/**
 * Gives an optimizer the state that {@link writeOptimizerState} wrote.
 *
 * @throws {CheckpointError} when the file is missing or damaged.
 */
export async function readOptimizerState(folder: string, optimizer: tf.Optimizer): Promise<void> {
  const reader = await openSafetensors(localFolder(folder), OPTIMIZER_FILE);
  const named: Parameters<tf.Optimizer['setWeights']>[0] = [];
  try {
    for (const [name, { dtype, shape }] of reader.tensors) {
      const values = await reader.read(name);
      named.push({ name, tensor: tf.tensor(values, [...shape], dtype === 'int32' ? 'int32' : 'float32') });
    }
    await optimizer.setWeights(named);
  } finally {
    tf.dispose(named.map(({ tensor }) => tensor));
    await reader.close();
  }
}
