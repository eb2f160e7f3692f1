import { nodeBuiltin } from '../../files/node_builtins';
import { systemLibraries } from './system_libraries';

/** What TensorFlow opens for a GPU; the version is in the name after it. */
const CUDA = /^lib(?:cuda|cudart|cublas|cublasLt|cudnn|cufft|curand|cusolver|cusparse|cupti|nccl|nvJitLink)\.so\.\d+/;

/**
 * The libraries of CUDA that TensorFlow finds: those of a folder `nvidia` of wheels, else those on the loader's path.
 *
 * @param nvidia the folder of the wheels, which need not exist.
 * @returns their paths, those of the folder first.
 */
export async function cudaLibraries(nvidia: string | undefined): Promise<readonly string[]> {
  const { existsSync, readdirSync } = nodeBuiltin('node:fs');
  const path = nodeBuiltin('node:path');
  const linked =
    nvidia !== undefined && existsSync(nvidia)
      ? readdirSync(nvidia)
          .map((part) => path.join(nvidia, part, 'lib'))
          .filter((folder) => existsSync(folder))
          .flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)))
          .filter((file) => CUDA.test(path.basename(file)))
      : [];
  const names = new Set(linked.map((file) => path.basename(file)));
  const others = (await systemLibraries(CUDA)).filter((file) => !names.has(path.basename(file)));
  return [...linked, ...others];
}
