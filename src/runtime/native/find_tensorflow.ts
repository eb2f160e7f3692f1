import { nodeBuiltin } from '../../files/node_builtins';
import type { NativeVariant } from './native_variant';
import { pythonCandidates } from './python_candidates';
import { type ProgramOptions, runProgram } from './run_program';

/** A TensorFlow that pip has installed. */
export interface InstalledTensorflow {
  readonly python: string;
  /** The folder `tensorflow` of its site-packages. */
  readonly folder: string;
  readonly version: string;
  /** What its library was built for; `gpu` says nothing about whether CUDA is there. */
  readonly variant: NativeVariant;
}

/** What {@link findTensorflow} came upon. */
export interface TensorflowSearch {
  readonly found?: InstalledTensorflow;
  /** What was there and cannot be used, a sentence each. */
  readonly refused: readonly string[];
}

/** The two libraries in the folder `tensorflow` of the wheel. */
export const TENSORFLOW_LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** The first whose libraries, headers and operations the addon was seen to work with. */
const OLDEST = [2, 16] as const;

/** Importing TensorFlow takes seconds, so its place and version are asked for without. */
const QUESTION = `
import importlib.metadata, importlib.util, json, sys
sys.path[:] = [entry for entry in sys.path if entry]
spec = importlib.util.find_spec("tensorflow")
versions = {}
for name in ("tensorflow", "tensorflow-cpu"):
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps({"folder": list(spec.submodule_search_locations or [None])[0] if spec else None, "versions": versions}))
`;

/**
 * Looks for a TensorFlow that pip has installed, without loading it.
 *
 * @param python the one to ask; by default `python3` and `python` of the PATH.
 */
export async function findTensorflow(
  python: string | undefined,
  options: Pick<ProgramOptions, 'signal'>,
): Promise<TensorflowSearch> {
  const refused: string[] = [];
  for (const candidate of pythonCandidates(python)) {
    const found = judge(candidate, (await runProgram(candidate, ['-c', QUESTION], options)).stdout);
    if (typeof found === 'object') return { found, refused };
    if (found !== undefined) refused.push(found);
  }
  return { refused };
}

/** An installation, a sentence that says why it cannot be used, or undefined when there is none. */
function judge(python: string, answer: string): InstalledTensorflow | string | undefined {
  const { folder, versions } = parse(answer);
  if (folder === null) return undefined;
  const cpu = versions['tensorflow-cpu'];
  const version = cpu ?? versions.tensorflow;
  if (version === undefined) return `TensorFlow in ${folder} is neither the package tensorflow nor tensorflow-cpu.`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1]) {
    return `TensorFlow ${version} in ${folder} is not one of ${OLDEST.join('.')} or newer.`;
  }
  const { existsSync } = nodeBuiltin('node:fs');
  const { join } = nodeBuiltin('node:path');
  const missing = [...TENSORFLOW_LIBRARIES, 'include/tensorflow/c/c_api.h'].find(
    (file) => !existsSync(join(folder, file)),
  );
  if (missing !== undefined) return `TensorFlow ${version} in ${folder} lacks ${missing}.`;
  // Only the wheel for x64 named without -cpu is built with CUDA.
  return { python, folder, version, variant: cpu === undefined && process.arch === 'x64' ? 'gpu' : 'cpu' };
}

interface Answer {
  readonly folder: string | null;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

/** A Python that is not there, or too old for the question, answers nothing. */
function parse(answer: string): Answer {
  try {
    return JSON.parse(answer) as Answer;
  } catch {
    return { folder: null, versions: {} };
  }
}
