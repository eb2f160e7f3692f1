/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/tests/harness/addon_environment.cjs',
  // Jest's own clean-up walks tfjs' objects and can overflow the stack of the next file's process.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  // Every other read of a global asks the context in which a test runs, which is slow in loops.
  sandboxInjectedGlobals: [
    'Array',
    'Error',
    'Float32Array',
    'Int32Array',
    'Math',
    'Number',
    'Object',
    'String',
    'Uint8Array',
  ],
  roots: ['<rootDir>/tests'],
  setupFilesAfterEnv: ['<rootDir>/tests/harness/setup.ts'],
  // ignoreDynamic keeps `import('h5wasm/node')` an import: that package is ESM only.
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs', ignoreDynamic: true },
      },
    ],
  },
  reporters: ['default', '<rootDir>/tests/harness/plain_summary_reporter.cjs'],
  // One for each core of a small machine; a single process grows slow over hundreds of files.
  maxWorkers: 2,
  // What a file leaves in memory slows down those behind it.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 120_000,
};
