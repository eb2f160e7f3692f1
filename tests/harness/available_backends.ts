import '@tensorflow/tfjs-backend-wasm';
import { existsSync } from 'node:fs';
import { findTfjsNode } from '../../src/runtime/native/tfjs_node_package';

/** One of {@link availableBackends}. */
export type BackendName = 'cpu' | 'wasm' | 'tensorflow';

/**
 * The tfjs backends that every test of a computation runs on: `tensorflow` where `npm run native` has linked it.
 *
 * With the variable `REQUIRE_TENSORFLOW` it is among them in any case, so that its absence is a failure.
 */
export const availableBackends: readonly BackendName[] = [
  'cpu',
  'wasm',
  ...(process.env.REQUIRE_TENSORFLOW || existsSync(findTfjsNode()?.addon ?? '') ? (['tensorflow'] as const) : []),
];
