import { BackendError, OutputError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';
import type { PinnedWheel } from './pinned_wheels';
import { pythonCandidates } from './python_candidates';
import { type ProgramOptions, type ProgramResult, runProgram } from './run_program';

/** Options of {@link downloadWheel}. */
export interface DownloadOptions extends Pick<ProgramOptions, 'signal'> {
  /** The Python whose pip is used; by default that of the PATH. */
  readonly python?: string | undefined;
  /** Told now and then how many bytes are there. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Names that the wheels' oldest C library goes by; TensorFlow's own is the newest of them. */
const MANYLINUX = ['_2_27', '_2_25', '_2_17', '2014', '_2_12', '2010'];

const POLL_MILLISECONDS = 500;

/**
 * Has pip fetch one wheel and check its hash.
 *
 * The wheel is the one for CPython 3.11 whichever Python runs pip: nothing of Python in it is used.
 *
 * @param folder is empty; pip's own temporary files are made there too.
 * @returns the wheel's path.
 * @throws {BackendError} when there is no Python, no pip or no connection, or when the hash is wrong.
 * @throws {OutputError} when the disk is full.
 */
export async function downloadWheel(wheel: PinnedWheel, folder: string, options: DownloadOptions): Promise<string> {
  const fs = nodeBuiltin('node:fs/promises');
  const { join } = nodeBuiltin('node:path');
  const [requirements, temporary, destination] = ['requirements.txt', 'tmp', 'wheel'].map((name) => join(folder, name));
  await fs.mkdir(temporary!);
  await fs.writeFile(requirements!, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const watch = setInterval(() => options.onBytes?.(bytesIn(folder)), POLL_MILLISECONDS);
  try {
    await runPip(wheel, ['--requirement', requirements!, '--dest', destination!], temporary!, options);
  } finally {
    clearInterval(watch);
  }
  const [file] = (await fs.readdir(destination!)).filter((name) => name.endsWith('.whl'));
  return join(destination!, file!);
}

async function runPip(
  wheel: PinnedWheel,
  where: readonly string[],
  temporary: string,
  { python, signal }: DownloadOptions,
): Promise<void> {
  const platforms = MANYLINUX.flatMap((name) => ['--platform', `manylinux${name}_${MACHINES[process.arch]}`]);
  const args = [
    ...['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--only-binary=:all:'],
    ...['--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311', '--abi', 'none', ...platforms],
    // What is fetched is kept, so that a second copy in pip's cache is waste.
    ...['--no-cache-dir', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off', ...where],
  ];
  const results: ProgramResult[] = [];
  for (const candidate of pythonCandidates(python)) {
    const result = await runProgram(candidate, args, { signal, environment: { TMPDIR: temporary } });
    if (result.code === 0) return;
    results.push(result);
    if (result.missing === undefined && !lacksPip(result)) break;
  }
  throw explain(wheel, results, python);
}

const lacksPip = ({ stderr }: ProgramResult) => /No module named '?pip/.test(stderr);

function explain(
  wheel: PinnedWheel,
  results: readonly ProgramResult[],
  python = 'python3',
): BackendError | OutputError {
  const asked = `${wheel.name} ${wheel.version}`;
  const details = { path: wheel.name, received: results };
  const otherwise = 'or install TensorFlow yourself and name its Python by --python';
  if (results.every(({ missing }) => missing !== undefined)) {
    return new BackendError(
      `Python with pip must be there to fetch ${asked}, and ${python} cannot be started; install it (on Debian: apt-get install python3-pip), ${otherwise}.`,
      details,
    );
  }
  const { stderr } = results.find((result) => result.missing === undefined && !lacksPip(result)) ?? { stderr: '' };
  if (stderr === '' && results.some(lacksPip)) {
    return new BackendError(
      `pip must be there to fetch ${asked}, and ${python} has none; install it (on Debian: apt-get install python3-pip), ${otherwise}.`,
      details,
    );
  }
  if (/DO NOT MATCH THE HASHES/.test(stderr)) {
    return new BackendError(
      `The wheel of ${asked} must have the sha256 ${wheel.sha256}, and pip received another; try again, and if it stays so, do not trust the package index pip uses.`,
      { ...details, expected: wheel.sha256 },
    );
  }
  if (/No space left on device|Disk quota exceeded/.test(stderr)) {
    return new OutputError(
      `The wheel of ${asked} could not be written: the disk is full; free some space and try again.`,
      details,
    );
  }
  return new BackendError(
    `pip could not fetch ${asked} (${reasonIn(stderr)}); see that this machine reaches the package index pip uses, ${otherwise}.`,
    details,
  );
}

const NETWORK =
  /connection (?:refused|reset|broken|timed out)|failed to establish a new connection|name or service not known|temporary failure in name resolution|read timed out|certificate verify failed|proxy/i;

/** pip ends with "no version found" when the network was the reason, so lines that speak of it come first. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const network = lines.map((line) => NETWORK.exec(line)?.[0]).find((match) => match !== undefined);
  const line = network ?? lines.filter((text) => text.startsWith('ERROR:')).at(-1) ?? lines.at(-1) ?? 'it says nothing';
  return line
    .replace(/^ERROR: /, '')
    .trim()
    .replace(/\.$/, '');
}

/** Counts what is there so far; a file that vanishes meanwhile counts as nothing. */
function bytesIn(folder: string): number {
  const fs = nodeBuiltin('node:fs');
  const { join } = nodeBuiltin('node:path');
  try {
    return fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => fs.statSync(join(folder, name), { throwIfNoEntry: false }))
      .reduce((sum, found) => sum + (found?.isFile() ? found.size : 0), 0);
  } catch {
    return 0;
  }
}
