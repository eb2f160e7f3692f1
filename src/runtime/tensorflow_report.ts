import { nodeBuiltin } from '../files/node_builtins';
import { cudaLibraries } from './native/cuda_libraries';
import { linkedAddon } from './native/link_addon';
import { runProgram } from './native/run_program';
import { findTfjsNode } from './native/tfjs_node_package';

/** What the backend `tensorflow` runs on here, or would. */
export interface TensorflowReport {
  /** The tfjs-node-gpu this package imports; null when there is none. */
  readonly tfjsNode: { readonly version: string; readonly folder: string } | null;
  /** The addon of tfjs-node-gpu; null when it has none. */
  readonly addon: {
    /** The file, links resolved. */
    readonly file: string;
    /** Version of the TensorFlow of the cache it is linked to; null when it came from elsewhere. */
    readonly tensorflow: string | null;
    /** The folder pip installed that TensorFlow to; null when it lies in the cache, or the addon came from elsewhere. */
    readonly installedIn: string | null;
  } | null;
  /** Instructions of the processor that TensorFlow has kernels for, as Linux names them. */
  readonly cpuFeatures: readonly string[];
  readonly gpus: readonly { readonly name: string; readonly memoryBytes: number }[];
  /** Libraries of CUDA that TensorFlow finds, with their version in their names. */
  readonly cudaLibraries: readonly string[];
}

/** Flags of `/proc/cpuinfo`, on x64 and arm64. */
const FEATURES =
  /^(?:sse4_2|avx|avx2|fma|f16c|avx512f|avx512_vnni|avx_vnni|avx512_bf16|avx512_fp16|amx_\w+|asimd|asimddp|bf16|i8mm|sve2?)$/;

/** Looks at the processor, the GPU and what is linked; loads nothing. */
export async function reportTensorflow(): Promise<TensorflowReport> {
  const { join } = nodeBuiltin('node:path');
  const found = findTfjsNode();
  const linked = found && linkedAddon(found);
  const entry = linked?.entry;
  return {
    tfjsNode: found === undefined ? null : { version: found.version, folder: found.folder },
    addon:
      linked === undefined
        ? null
        : { file: linked.file, tensorflow: entry?.tensorflow ?? null, installedIn: entry?.installedIn ?? null },
    cpuFeatures: cpuFeatures(),
    gpus: await gpus(),
    cudaLibraries: await cudaLibraries(entry && join(entry.folder, 'nvidia')),
  };
}

function cpuFeatures(): readonly string[] {
  const { existsSync, readFileSync } = nodeBuiltin('node:fs');
  const file = '/proc/cpuinfo';
  const flags = existsSync(file) ? /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return (flags ?? '').split(' ').filter((flag) => FEATURES.test(flag));
}

/** Those the driver's own program lists, where it is there. */
async function gpus(): Promise<TensorflowReport['gpus']> {
  const query = ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'];
  const { code, stdout } = await runProgram('nvidia-smi', query);
  if (code !== 0) return [];
  return [...stdout.matchAll(/^(.+), (\d+)\s*$/gm)].map(([, name, mebibytes]) => ({
    name: name!,
    memoryBytes: Number(mebibytes) * 2 ** 20,
  }));
}
