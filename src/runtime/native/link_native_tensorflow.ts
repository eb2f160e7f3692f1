import { BackendError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';
import { addonPath } from './addon_path';
import { adoptTensorflow } from './adopt_tensorflow';
import { buildAddon } from './build_addon';
import { cudaLibraries } from './cuda_libraries';
import { fetchTensorflow } from './fetch_tensorflow';
import { findTensorflow, type InstalledTensorflow } from './find_tensorflow';
import { hasNvidiaDriver } from './has_nvidia_driver';
import { linkAddon, linkedAddon, unlinkAddon } from './link_addon';
import { type NativeCache, nativeCache } from './native_cache';
import type { NativeEntry } from './native_entry';
import { type NativeStep, type StepListeners, Steps } from './native_steps';
import type { NativeVariant } from './native_variant';
import { removeAbandoned } from './remove_abandoned';
import { requireLinux } from './require_linux';
import { findTfjsNode, TFJS_NODE, type TfjsNodePackage } from './tfjs_node_package';
import { type VerifiedTensorflow, verifyAddon } from './verify_addon';

/** Options of {@link linkNativeTensorflow}. */
export interface LinkNativeOptions extends StepListeners {
  /**
   * `gpu` needs TensorFlow and CUDA's libraries, `cpu` is TensorFlow for the CPU alone. By default an installed
   * TensorFlow is taken as it is; where there is none, `gpu` is fetched if there is an NVIDIA driver, else `cpu`.
   */
  readonly variant?: NativeVariant | undefined;
  /** The Python that has TensorFlow, or whose pip fetches it; by default `python3` or `python` of the PATH. */
  readonly python?: string | undefined;
  /** Where everything is kept; by default `TFJS_DEBERTA_CACHE`, else `tfjs-deberta-v2` in the user's cache folder. */
  readonly cacheFolder?: string | undefined;
  /** Stops; nothing half-made stays. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link linkNativeTensorflow} did. */
export interface NativeReport {
  /** Whether everything was in place before: only the test was run then. */
  readonly wasLinked: boolean;
  /** TensorFlow's version, as it says itself. */
  readonly tensorflow: string;
  /** What its library was built for. */
  readonly variant: NativeVariant;
  /** Whether it computes on a GPU here. */
  readonly isUsingGpu: boolean;
  /** The folder pip installed it to; null when it was fetched and lies in the cache. */
  readonly installedIn: string | null;
  /** Where tfjs-node-gpu finds its addon. */
  readonly link: string;
  /** The addon the link leads to, in the cache. */
  readonly addon: string;
  /** What was found and not used, and other things worth knowing, a sentence each. */
  readonly notes: readonly string[];
  readonly steps: readonly NativeStep[];
}

/**
 * Links `@tensorflow/tfjs-node-gpu`, which the user has installed, to the TensorFlow of pip's wheel, so that
 * `useBackend('tensorflow')` works. The package's own download of TensorFlow 2.9 is not needed.
 *
 * A TensorFlow that pip has installed (2.16 or newer) is linked where it is. Otherwise the wheel is fetched by pip,
 * its hash checked, and the libraries and headers are taken out of it. The addon is compiled against them. All of it is
 * kept in a cache outside of `node_modules`; there a link is all that is made.
 *
 * It may be called again, interrupted, and run twice at once.
 *
 * @throws {BackendError} when something is missing (the package, Python, a compiler, a connection), the platform is
 *   none of TensorFlow's, or TensorFlow does not load or computes wrong numbers.
 * @throws {OutputError} when the cache or `node_modules` cannot be written, or has no space left.
 *
 * @example
 * const { tensorflow, isUsingGpu } = await linkNativeTensorflow({ variant: 'cpu' });
 * await useBackend('tensorflow');
 */
export async function linkNativeTensorflow(options: LinkNativeOptions = {}): Promise<NativeReport> {
  const { python, variant, signal } = options;
  requireLinux();
  const tfjsNode = requireTfjsNode();
  const cache = nativeCache(options.cacheFolder);
  const steps = new Steps(options);
  const notes: string[] = [];
  const verify = () => steps.run('tested it in a new process', () => verifyAddon(tfjsNode, { signal }));

  const linked = linkedAddon(tfjsNode);
  const before = linked?.entry;
  if (before !== undefined && isEnough(before, options, cache) && linked?.file === addonPath(before, tfjsNode)) {
    return report(before, tfjsNode, await verify(), true, notes, steps);
  }

  await removeAbandoned(cache);
  const installed = await steps.run(
    (found) => `looked for a TensorFlow that pip has installed: ${found?.folder ?? 'none to link'}`,
    () => searchInstalled(options, notes),
  );
  const entry =
    installed === undefined
      ? await fetchTensorflow(cache, { variant: variant ?? (await defaultVariant()), python, signal, steps })
      : await adoptTensorflow(cache, installed);
  await steps.run(
    (isNew) => (isNew ? 'built the addon' : 'found the addon in the cache'),
    () => buildAddon(entry, tfjsNode, { signal }),
  );
  const addon = addonPath(entry, tfjsNode);
  await steps.run(`linked it in ${tfjsNode.folder}`, () => linkAddon(addon, tfjsNode));
  try {
    return report(entry, tfjsNode, await verify(), false, notes, steps);
  } catch (error) {
    await (linked?.entry === undefined ? unlinkAddon(tfjsNode) : linkAddon(linked.file, tfjsNode));
    throw error;
  }
}

function requireTfjsNode(): TfjsNodePackage {
  const found = findTfjsNode();
  if (found !== undefined) return found;
  throw new BackendError(
    `The package ${TFJS_NODE} must be there to be linked, and it is not installed; run npm install --ignore-scripts ${TFJS_NODE}@4.22.0 first.`,
    { path: TFJS_NODE, expected: TFJS_NODE },
  );
}

/** Whether what is linked is what is asked for; a Python that is named is asked itself. */
function isEnough({ folder, variant }: NativeEntry, options: LinkNativeOptions, cache: NativeCache): boolean {
  if (options.python !== undefined) return false;
  if (options.cacheFolder !== undefined && !folder.startsWith(cache.native)) return false;
  return options.variant === undefined || options.variant === variant;
}

const defaultVariant = async (): Promise<NativeVariant> => ((await hasNvidiaDriver()) ? 'gpu' : 'cpu');

/**
 * A TensorFlow of pip that serves; what does not is noted, and refused where its Python was named.
 *
 * @throws {BackendError} when a Python was named, and has none that serves.
 */
async function searchInstalled(options: LinkNativeOptions, notes: string[]): Promise<InstalledTensorflow | undefined> {
  const { python, variant, signal } = options;
  const { found, refused } = await findTensorflow(python, { signal });
  const objections = found === undefined ? refused : [...refused, ...(await objectionsTo(found, variant))];
  notes.push(...objections);
  if (found !== undefined && objections.length === refused.length) return found;
  if (python === undefined || objections.length === 0) return undefined;
  throw new BackendError(
    `The TensorFlow of ${python} cannot be linked: ${objections.join(' ').replace(/\.$/, '').replaceAll('. ', ', ')}; install another there, or leave out --python to have one fetched.`,
    { path: python, received: objections },
  );
}

async function objectionsTo(found: InstalledTensorflow, wanted: NativeVariant | undefined): Promise<readonly string[]> {
  const { folder, variant, version } = found;
  const what = `TensorFlow ${version} in ${folder}`;
  if (wanted === 'gpu' && variant === 'cpu') return [`${what} is built for the CPU alone.`];
  if (wanted === 'gpu') {
    const libraries = await cudaLibraries(nodeBuiltin('node:path').join(folder, '..', 'nvidia'));
    const isThere = (name: string) => libraries.some((file) => file.includes(`/${name}.so.`));
    const missing = ['libcudart', 'libcublas', 'libcudnn'].find((name) => !isThere(name));
    return missing === undefined ? [] : [`${what} has no ${missing}, which its extra and-cuda brings.`];
  }
  // It would take the GPU that is there.
  if (wanted === 'cpu' && variant === 'gpu' && (await hasNvidiaDriver())) return [`${what} is built for GPUs.`];
  return [];
}

function report(
  { variant, installedIn }: NativeEntry,
  tfjsNode: TfjsNodePackage,
  { version, isUsingGpu }: VerifiedTensorflow,
  wasLinked: boolean,
  notes: readonly string[],
  steps: Steps,
): NativeReport {
  return {
    wasLinked,
    tensorflow: version,
    variant,
    isUsingGpu,
    installedIn,
    link: tfjsNode.addon,
    addon: linkedAddon(tfjsNode)!.file,
    notes,
    steps: steps.done,
  };
}
