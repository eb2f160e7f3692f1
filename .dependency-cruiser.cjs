/** Which folders of src/ each folder may import; docs/architecture.md draws the picture. */
const ALLOWED = {
  files: [],
  pickle: [],
  protobuf: [],
  tensor_bundle: ['files', 'protobuf', 'sources'],
  sources: ['files'],
  graph: ['files', 'protobuf', 'tensor_bundle'],
  kernels: ['config', 'files'],
  inference: ['config', 'ops', 'graph', 'kernels', 'files'],
  config: [],
  ops: ['kernels'],
  layers: ['ops', 'config'],
  convert: ['config', 'files', 'sources', 'pickle', 'protobuf', 'tensor_bundle'],
  adapters: ['layers', 'config', 'convert', 'files', 'sources', 'inference'],
  optimizers: ['ops', 'kernels'],
  models: [
    'adapters',
    'layers',
    'ops',
    'optimizers',
    'config',
    'convert',
    'files',
    'sources',
    'inference',
    'graph',
    'kernels',
  ],
  metrics: [],
  data: ['tokenization', 'files', 'sources', 'ops'],
  training: [
    'models',
    'adapters',
    'data',
    'metrics',
    'optimizers',
    'ops',
    'config',
    'convert',
    'files',
    'sources',
    'protobuf',
    'tensor_bundle',
  ],
  tokenization: ['files', 'sources'],
  pipelines: ['models', 'tokenization', 'data'],
  compression: ['models', 'tokenization', 'config'],
  runtime: ['files', 'sources', 'kernels'],
};

/** Files at the top of src/ that every folder may import. */
const COMMON = '^src/(bounded_cache|errors|logger|without_undefined)\\.ts$';

const direction = ([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import only ${['errors', 'logger', ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [`^src/(${[folder, ...allowed].join('|')})/`, COMMON] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(ALLOWED).map(direction),
    {
      name: 'public-api-only',
      comment: 'Examples and benchmarks use the package as its users do.',
      severity: 'error',
      from: { path: '^(examples|bench)/', pathNot: '^bench/kernels/' },
      to: { path: '^src/', pathNot: '^src/index\\.ts$' },
    },
    {
      name: 'kernel-bench-imports',
      comment: 'Kernels by themselves are no part of the public API; their benchmark needs them.',
      severity: 'error',
      from: { path: '^bench/kernels/' },
      to: { path: '^src/', pathNot: '^src/(index\\.ts$|kernels/)' },
    },
    {
      name: 'no-node-builtins',
      comment: 'Only the command line imports Node modules; elsewhere nodeBuiltin() keeps them from browser bundles.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli/|files/node_builtins)' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' }, to: {} },
    { name: 'resolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
