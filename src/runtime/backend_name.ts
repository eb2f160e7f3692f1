/** The tfjs backends this package knows, the fastest first where several load. */
export const BACKEND_NAMES = ['tensorflow', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;

/** One of {@link BACKEND_NAMES}: `tensorflow` is tfjs-node, the others are those of the browser. */
export type BackendName = (typeof BACKEND_NAMES)[number];
