import { BackendError } from '../../errors';
import { tensorflowEnvironment } from '../tensorflow_environment';
import { type ProgramOptions, runProgram } from './run_program';
import type { TfjsNodePackage } from './tfjs_node_package';

/** What TensorFlow said of itself in a process of its own. */
export interface VerifiedTensorflow {
  readonly version: string;
  readonly isUsingGpu: boolean;
}

/** Loads tfjs-node-gpu, multiplies two matrices and takes a gradient. */
const PROGRAM = `
const util = process.getBuiltinModule('node:util');
util.isNullOrUndefined = (value) => value === null || value === undefined;
util.isArray = Array.isArray;
const tf = require(process.argv[1]);
const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync();
const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2, 3])).dataSync();
const { binding, isUsingGpuDevice } = tf.backend();
console.log(JSON.stringify({ version: binding.TF_Version, isUsingGpu: isUsingGpuDevice, values: [...product, ...gradient] }));
`;

const VALUES = [19, 22, 43, 50, 2, 4, 6];

/**
 * Sees in a new process of this Node that TensorFlow loads and computes.
 *
 * @throws {BackendError} when it does not, saying why.
 */
export async function verifyAddon(
  tfjsNode: TfjsNodePackage,
  options: Pick<ProgramOptions, 'signal'>,
): Promise<VerifiedTensorflow> {
  const environment = tensorflowEnvironment(process.env);
  const result = await runProgram(process.execPath, ['-e', PROGRAM, tfjsNode.folder], { ...options, environment });
  if (result.code !== 0) {
    throw new BackendError(
      `TensorFlow is linked and does not load (${reasonIn(result.stderr) ?? `exit code ${result.code}`}); run tfjs-deberta native --uninstall --purge and then tfjs-deberta native again, or use the backend wasm.`,
      { path: tfjsNode.addon, received: result },
    );
  }
  const { values, ...verified }: VerifiedTensorflow & { values: number[] } = JSON.parse(
    result.stdout.trim().split('\n').at(-1)!,
  );
  if (values.join() === VALUES.join()) return verified;
  throw new BackendError(
    `TensorFlow ${verified.version} must compute ${VALUES.join(', ')}, and it computes ${values.join(', ')} on this machine; do not use it.`,
    { path: tfjsNode.addon, expected: VALUES, received: values },
  );
}

/** The line with the error, between those of TensorFlow's log and of the stack. */
function reasonIn(stderr: string): string | undefined {
  const line = stderr.split('\n').find((text) => /^\s*(?:\w*Error\b.*|.*\b(?:illegal|fatal)\b.*)/i.test(text));
  return line
    ?.trim()
    .replace(/^Error: /, '')
    .replace(/\.$/, '');
}
