import { ACTIVATION_CODES } from '../../src/kernels/activation_code';
import { BASE, XSMALL } from '../published_shapes';
import type { KernelCase, Room } from './kernel_case';

const LENGTHS = [16, 128, 512] as const;
const [HEAD_SIZE, ROWS] = [64, 128];

/** Attention of a head; amounts are scores of a query and a key. */
const attention = LENGTHS.map(
  (length): KernelCase => ({
    kernel: 'attend',
    size: `a head of ${HEAD_SIZE}, ${length} tokens`,
    amount: length * length,
    prepare: (room) => prepareAttend(room, length),
  }),
);

/** What passes over rows; amounts are numbers of them. */
const rowwise = [XSMALL, BASE].flatMap(({ name, config }): KernelCase[] => {
  const { hiddenSize: hidden = 0, intermediateSize: intermediate = 0 } = config;
  return [
    {
      kernel: 'addNorm',
      size: `${name}: ${ROWS} × ${hidden}`,
      amount: ROWS * hidden,
      prepare: (room) => prepareAddNorm(room, hidden),
    },
    {
      kernel: 'biasActivate, GELU',
      size: `${name}: ${ROWS} × ${intermediate}`,
      amount: ROWS * intermediate,
      prepare: (room) => prepareGelu(room, intermediate),
    },
  ];
});

/** Kernels other than products, by the elements that they go through. */
export const ELEMENT_CASES: readonly KernelCase[] = [...attention, ...rowwise];

function prepareAttend(room: Room, length: number): () => void {
  const { kernels } = room.memory;
  const columns = 3 * HEAD_SIZE;
  const projections = room.numbers(length * columns);
  // Rows of every distance to either side, and what whole blocks read beyond.
  const center = length + 64;
  const positions = [room.numbers(2 * center * HEAD_SIZE), room.numbers(2 * center * HEAD_SIZE)] as const;
  const output = room.take(4 * length * HEAD_SIZE);
  const scratch = room.take(kernels.attendScratchBytes(length, HEAD_SIZE, length));
  const [query, key, value] = [0, 1, 2].map((part) => projections + 4 * part * HEAD_SIZE) as [number, number, number];
  return () =>
    kernels.attend(
      ...([query, columns, key, value, columns, length, HEAD_SIZE, ...positions, center, 0, 0] as const),
      ...([output, HEAD_SIZE, 0, length, scratch] as const),
    );
}

function prepareAddNorm(room: Room, columns: number): () => void {
  const { kernels } = room.memory;
  const [x, residual, y] = [room.numbers(ROWS * columns), room.numbers(ROWS * columns), room.take(4 * ROWS * columns)];
  const [bias, gamma, beta] = [room.numbers(columns), room.numbers(columns), room.numbers(columns)];
  return () => kernels.addNorm(x, bias, residual, gamma, beta, y, ROWS, columns, 1e-7, 0);
}

function prepareGelu(room: Room, columns: number): () => void {
  const { kernels } = room.memory;
  const [x, bias] = [room.numbers(ROWS * columns), room.take(4 * columns)];
  // Activated in place again and again, numbers settle near −0.17; with a positive bias they would grow without end.
  room.memory.floats(bias, columns).fill(-0.5);
  return () => kernels.biasActivate(x, columns, bias, ROWS, columns, ACTIVATION_CODES.gelu);
}
