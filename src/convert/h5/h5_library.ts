import { CheckpointError } from '../../errors';

let loading: ReturnType<typeof load> | undefined;

/**
 * The HDF5 library (h5wasm), loaded on first use: it is an ES module of several megabytes.
 *
 * `h5` is its documented interface, `module` the functions under it, which can read a part of a tensor into memory
 * of a chosen size and know half-precision numbers.
 *
 * @throws {CheckpointError} where WebAssembly may not run.
 */
export function loadH5() {
  loading ??= load();
  return loading;
}

async function load() {
  const { default: h5 } = await import('h5wasm/node');
  const module = await h5.ready.catch((cause: unknown) => {
    throw new CheckpointError(
      "HDF5 files need WebAssembly, which does not start here; allow it in the page's policy (script-src 'wasm-unsafe-eval'), or convert the checkpoint to safetensors.",
      { cause },
    );
  });
  // Otherwise HDF5 prints its error stack and carries on with an invalid handle.
  module.activate_throwing_error_handler();
  return { h5, module };
}
