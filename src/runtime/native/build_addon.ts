import { BackendError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';
import { addonPath, isBuilt } from './addon_path';
import { TENSORFLOW_LIBRARIES } from './find_tensorflow';
import { makeFolderOnce } from './make_folder_once';
import type { NativeEntry } from './native_entry';
import { findNodeHeaders } from './node_headers';
import { QUIET_START } from './quiet_start';
import { type ProgramOptions, type ProgramResult, runProgram } from './run_program';
import type { TfjsNodePackage } from './tfjs_node_package';

/**
 * Builds the addon, unless it is there.
 *
 * The C++ compiler is that of the variable `CXX`, else `g++`, `c++` or `clang++`. One build serves every version of
 * Node: it uses N-API alone. It finds TensorFlow at `../../lib` of the folder it really lies in, wherever links to it
 * are.
 *
 * @returns whether it was built now.
 * @throws {BackendError} when there is no compiler, no headers, or the build fails.
 */
export async function buildAddon(
  entry: NativeEntry,
  tfjsNode: TfjsNodePackage,
  options: Pick<ProgramOptions, 'signal'>,
): Promise<boolean> {
  const addon = addonPath(entry, tfjsNode);
  return makeFolderOnce(
    nodeBuiltin('node:path').dirname(addon),
    () => isBuilt(addon),
    (temporary) => compile(entry, tfjsNode, addon, temporary, options),
  );
}

/** Compiles into a folder that gets its final name afterwards; the addon knows that name already. */
async function compile(
  entry: NativeEntry,
  { folder, napiVersion }: TfjsNodePackage,
  addon: string,
  temporary: string,
  options: Pick<ProgramOptions, 'signal'>,
): Promise<void> {
  const { basename, dirname, join } = nodeBuiltin('node:path');
  const { rm, writeFile } = nodeBuiltin('node:fs/promises');
  const [first, last, library] = ['first.cc', 'last.cc', QUIET_START.library].map((name) => join(temporary, name));
  await writeFile(first!, QUIET_START.first);
  await writeFile(last!, QUIET_START.last);
  const common = ['-std=c++17', '-O2', '-shared', '-fPIC'];
  const soname = `-Wl,-z,initfirst,-soname,${QUIET_START.library}`;
  await runCompiler([...common, soname, first!, '-o', library!], options);
  // Their real places, from where a moved cache works too; and by name, for a Node that leaves links unresolved.
  const places = ['$ORIGIN', '$ORIGIN/../../lib', dirname(addon), join(entry.folder, 'lib')];
  await runCompiler(
    [
      ...[...common, `-DNAPI_VERSION=${napiVersion}`, '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
      ...['-DBUILDING_NODE_EXTENSION', '-I', findNodeHeaders(), '-I', join(entry.folder, 'include')],
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(folder, 'binding', name)),
      ...[last!, library!, ...TENSORFLOW_LIBRARIES.map((name) => join(entry.folder, 'lib', name))],
      ...places.flatMap((place) => ['-Xlinker', '-rpath', '-Xlinker', place]),
      ...['-o', join(temporary, basename(addon))],
    ],
    options,
  );
  await Promise.all([rm(first!), rm(last!)]);
}

async function runCompiler(args: readonly string[], options: Pick<ProgramOptions, 'signal'>): Promise<void> {
  for (const compiler of compilers()) {
    const result = await runProgram(compiler, args, options);
    if (result.code === 0) return;
    if (result.missing === undefined) throw failed(compiler, result);
  }
  throw new BackendError(
    `A C++ compiler must be there to build the addon, and ${compilers().join(', ')} cannot be started; install one (on Debian: apt-get install g++), or name one by the variable CXX.`,
    { path: 'tfjs_binding.node', expected: compilers() },
  );
}

function compilers(): readonly string[] {
  const { CXX } = process.env;
  return CXX ? [CXX] : ['g++', 'c++', 'clang++'];
}

function failed(compiler: string, result: ProgramResult): BackendError {
  const line = result.stderr.split('\n').find((text) => /error/i.test(text)) ?? result.stderr.split('\n')[0]!;
  return new BackendError(
    `${compiler} could not build the addon (${line.trim().replace(/\.$/, '') || `exit code ${result.code}`}); install a C++17 compiler with its standard library (on Debian: apt-get install g++), or name one by the variable CXX.`,
    { path: 'tfjs_binding.node', received: result },
  );
}
