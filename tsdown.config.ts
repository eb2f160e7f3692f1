import { defineConfig, type UserConfig } from 'tsdown';

const common: UserConfig = { dts: true, platform: 'neutral', target: 'es2022', sourcemap: true };

export default defineConfig([
  // The module's own place goes by another name there.
  { ...common, entry: { index: 'src/index.ts' }, format: 'esm', define: { __filename: 'import.meta.url' } },
  // One build for library and command line, so that they share their modules.
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      'cli/main': 'src/cli/main.ts',
      // The threads of `encodeBatch` run this, whichever of the builds starts them.
      encode_worker: 'src/tokenization/encoding/encode_worker.ts',
    },
    format: 'cjs',
    platform: 'node',
  },
]);
