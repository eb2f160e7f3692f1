import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/runtime/use_backend';
import { availableBackends } from '../harness/available_backends';
import { type Call, type ExportedModel, SIGNATURE } from './exported_models';

/** What a runtime made of a SavedModel. */
export interface RuntimeResult {
  /** For each call. */
  readonly outputs: readonly Call[];
  /** Shapes of the tensors in the checkpoint by name, and names of the variables, where the runtime tells them. */
  readonly checkpoint?: Readonly<Record<string, readonly number[]>>;
  readonly variables?: readonly string[];
}

/** A program that runs SavedModels. */
export interface Runtime {
  readonly name: string;
  /** What must be installed for it. */
  readonly needs: string;
  isInstalled(): Promise<boolean>;
  /** One result for each model. */
  run(models: readonly ExportedModel[], folder: string): Promise<RuntimeResult[]>;
}

const ROOT = join(__dirname, '..');
const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };

/** Every runtime. @param python the interpreter that has TensorFlow. */
export function runtimes(python: string): Runtime[] {
  return [tfjsNode, pythonRuntime(python), java];
}

const tfjsNode: Runtime = {
  name: 'tfjs-node',
  needs: 'npm run native',
  isInstalled: async () => availableBackends.includes('tensorflow'),
  async run(models) {
    await useBackend('tensorflow');
    const { node } = await import('@tensorflow/tfjs-node-gpu');
    const results: RuntimeResult[] = [];
    for (const { folder, calls } of models) {
      const model = await node.loadSavedModel(folder, ['serve'], SIGNATURE);
      results.push({ outputs: calls.map(({ inputs }) => predict(model, inputs)) });
      model.dispose();
    }
    return results;
  },
};

function predict(model: tf.InferenceModel, inputs: Call): Call {
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, values]) => [name, tf.tensor(values as tf.TensorLike, undefined, 'int32')]),
  );
  const outputs = model.predict(tensors, {}) as tf.NamedTensorMap;
  const read = Object.entries(outputs).map(([name, tensor]) => [name, tensor.arraySync()]);
  tf.dispose([tensors, outputs]);
  return Object.fromEntries(read) as Call;
}

function pythonRuntime(python: string): Runtime {
  return {
    name: 'Python',
    needs: `${python} with tensorflow; choose another by --python or the variable PYTHON`,
    isInstalled: () => succeeds(python, ['-c', 'import tensorflow']),
    async run(models, folder) {
      const script = join(ROOT, 'reference', 'check_saved_model.py');
      const args = [script, await writeInputs(models, folder), SIGNATURE, ...models.map((model) => model.folder)];
      return (await linesOf(python, args, '{')).map((line) => JSON.parse(line) as RuntimeResult);
    },
  };
}

const java: Runtime = {
  name: 'Java',
  needs: 'java and mvn',
  isInstalled: async () => (await succeeds('java', ['-version'])) && (await succeeds('mvn', ['-version'])),
  async run(models, folder) {
    const args = [await writeInputs(models, folder), SIGNATURE, ...models.map((model) => model.folder)];
    const maven = ['-q', '-B', '-f', join(ROOT, 'java', 'pom.xml'), 'compile', 'exec:java'];
    const lines = await linesOf('mvn', [...maven, `-Dexec.args=${args.join(' ')}`], '[{');
    return lines.map((line) => ({ outputs: JSON.parse(line) as Call[] }));
  },
};

async function writeInputs(models: readonly ExportedModel[], folder: string): Promise<string> {
  const file = join(folder, 'inputs.json');
  await writeFile(file, JSON.stringify(models.map(({ calls }) => calls.map(({ inputs }) => inputs))));
  return file;
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return promisify(execFile)(command, [...args], { env: environment }).then(
    () => true,
    () => false,
  );
}

/** Lines of standard output that begin so; tools around a program print others. */
async function linesOf(command: string, args: readonly string[], start: string): Promise<string[]> {
  const options = { env: environment, maxBuffer: 2 ** 28 };
  const { stdout } = await promisify(execFile)(command, [...args], options);
  // Maven resets colours, also where there are none.
  const lines = stripVTControlCharacters(stdout).split('\n');
  return lines.filter((line) => line.startsWith(start));
}
