import { execFile } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { promisify } from 'node:util';
import type { DoctorReport } from '../src/index';

const PYTHON_PACKAGES = ['torch', 'tensorflow', 'transformers'] as const;

/** What a measurement ran with. */
export interface Field {
  readonly report: DoctorReport;
  readonly threads: number;
  /** npm packages that took part beside TensorFlow, with their versions; none by default. */
  readonly packages?: readonly string[];
  /** The Python that took part, if any. */
  readonly python?: string | undefined;
}

/** A list: machine, versions, threads and load of a measurement. */
export async function describeField({ report, threads, packages = [], python }: Field): Promise<string> {
  const { cores, node, platform, tfjs, backends } = report;
  const tensorflow = backends.find(({ name }) => name === 'tensorflow');
  const versions = [
    `Node.js ${node}`,
    `tfjs ${tfjs}`,
    ...(tensorflow?.loads ? [tensorflow.version] : []),
    ...packages,
    ...(python === undefined ? [] : await pythonVersions(python)),
  ];
  return [
    `- Machine: ${cores} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, ${platform}.`,
    `- Versions: ${versions.join(', ')}.`,
    `- Threads: ${threads} for every participant that has a choice, unless a table says otherwise.`,
    `- Load average of the minute before: ${loadavg()[0]!.toFixed(2)}.`,
  ].join('\n');
}

/** Python's own version, and those of the packages it has. */
async function pythonVersions(python: string): Promise<string[]> {
  const program = `
import platform
from importlib.metadata import PackageNotFoundError, version
print("Python", platform.python_version())
for name in ${JSON.stringify(PYTHON_PACKAGES)}:
    for distribution in (name, name + "-cpu"):
        try:
            print(name, version(distribution))
            break
        except PackageNotFoundError:
            pass
`;
  const { stdout } = await promisify(execFile)(python, ['-c', program]).catch((error: Error) => {
    throw new Error(`${python} must be a Python with transformers and could not be run; name another with --python.`, {
      cause: error,
    });
  });
  return stdout.trim().split('\n');
}
