import '@tensorflow/tfjs-backend-wasm';

/** The tfjs backends that every test of a computation runs on. */
export const availableBackends = ['cpu', 'wasm'] as const;

/** One of {@link availableBackends}. */
export type BackendName = (typeof availableBackends)[number];
