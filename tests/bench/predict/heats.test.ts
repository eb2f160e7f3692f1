import { type Field, heatsOf } from '../../../bench/predict/heats';

const NODE = 'onnxruntime-node';
const PEERS = ['onnxruntime-web', 'transformers.js'];

/** Options, and the names of who races in each heat, the reference first. */
const CASES: Array<[name: string, field: Partial<Field>, heats: string[][]]> = [
  ['one heat on one thread', { backends: ['wasm'], threads: 1 }, [[NODE, 'wasm', 'wasm, int8', ...PEERS]]],
  [
    'a heat with one thread each beside that with several',
    { backends: ['wasm'], threads: 2 },
    [
      [NODE, 'wasm', 'wasm, int8', ...PEERS, 'wasm, 1 thread'],
      [NODE, 'wasm', 'wasm, int8', ...PEERS],
    ],
  ],
  [
    'relaxed SIMD on request',
    { backends: ['wasm'], threads: 1, relaxedSimd: true },
    [[NODE, 'wasm', 'wasm, relaxed SIMD', 'wasm, int8', ...PEERS]],
  ],
  [
    'one heat without wasm, the reference in Python in it',
    { backends: ['tensorflow', 'cpu'], threads: 2, python: 'python3' },
    [
      [NODE, 'tensorflow, compiled', 'tensorflow, plain graph', 'cpu', 'PyTorch, eager', 'HF TensorFlow, tf.function'],
    ].map((names) => [...names, ...PEERS]),
  ],
];

test.each(CASES)('there is %s', (_name, field, expected) => {
  const heats = heatsOf({ backends: [], threads: 1, relaxedSimd: false, ...field });
  expect(heats.map(({ specs }) => specs.map(({ name }) => name))).toEqual(expected);
});

test('every comparison is between participants of its heat', () => {
  const heats = heatsOf({ backends: ['tensorflow', 'wasm'], threads: 2, relaxedSimd: true });
  expect(heats.flatMap(({ comparisons }) => comparisons)).toHaveLength(3);
  for (const { specs, comparisons } of heats) {
    const names = specs.map(({ name }) => name);
    for (const { reference, others } of comparisons)
      expect(names).toEqual(expect.arrayContaining([reference, ...others]));
  }
});
