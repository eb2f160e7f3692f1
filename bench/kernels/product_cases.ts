import { BASE, XSMALL } from '../published_shapes';
import type { KernelCase, Room } from './kernel_case';

/** Rows that are multiplied: tokens of a call. */
const ROWS = [16, 128] as const;

/** Ways in which the weights are kept, by the kernel that multiplies them. */
const KERNELS = { matMul: product, matMulHalf: halfProduct, matMulInt8: int8Product } as const;

/** A product `[M, K] · [K, N]`. */
interface Sizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** The products of a block of xsmall and base; amounts are multiplications and additions. */
export const PRODUCT_CASES: readonly KernelCase[] = [XSMALL, BASE].flatMap(({ name, config }) => {
  const { hiddenSize: hidden = 0, intermediateSize: intermediate = 0 } = config;
  const matrices = [
    ['queries, keys, values', hidden, 3 * hidden],
    ['output of attention', hidden, hidden],
    ['intermediate', hidden, intermediate],
    ['output', intermediate, hidden],
  ] as const;
  return matrices.flatMap(([matrix, inner, columns]) =>
    ROWS.flatMap((rows) =>
      Object.entries(KERNELS).map(([kernel, make]) => ({
        kernel,
        size: `${name}, ${matrix}: ${rows} × ${inner} × ${columns}`,
        amount: 2 * rows * inner * columns,
        prepare: (room: Room) => make(room, { rows, inner, columns }),
      })),
    ),
  );
});

function product(room: Room, { rows, inner, columns }: Sizes): () => void {
  const { kernels } = room.memory;
  const [a, b, c] = operands(room, { rows, inner, columns });
  const panels = room.take(4 * inner * columns);
  kernels.packPanels(b, columns, inner, columns, panels);
  return () => kernels.matMul(a, inner, panels, c, columns, rows, inner, columns);
}

function halfProduct(room: Room, { rows, inner, columns }: Sizes): () => void {
  const { kernels } = room.memory;
  const [a, b, c] = operands(room, { rows, inner, columns });
  const panels = room.take(2 * inner * columns);
  const scratch = room.take(kernels.halfScratchBytes(inner));
  kernels.packHalf(b, columns, inner, columns, 0, panels, scratch);
  return () => kernels.matMulHalf(a, inner, panels, c, columns, rows, inner, columns, scratch);
}

function int8Product(room: Room, { rows, inner, columns }: Sizes): () => void {
  const { kernels } = room.memory;
  const [a, b, c] = operands(room, { rows, inner, columns });
  const panels = room.take(kernels.int8PanelBytes(inner, columns));
  const scales = room.take(4 * columns);
  const scratch = room.take(Math.max(kernels.int8ScratchBytes(rows, inner), kernels.halfScratchBytes(inner)));
  kernels.packInt8(b, columns, inner, columns, 0, panels, scales, scratch);
  return () => kernels.matMulInt8(a, inner, panels, scales, c, columns, rows, inner, columns, scratch);
}

function operands(room: Room, { rows, inner, columns }: Sizes): [a: number, b: number, c: number] {
  return [room.numbers(rows * inner), room.numbers(inner * columns), room.take(4 * rows * columns)];
}
