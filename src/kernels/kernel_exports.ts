/** An address in the kernels' memory, in bytes; 0 stands for none. */
export type Address = number;

/**
 * What the kernels of `assembly/` offer; there each function is described.
 *
 * Strides and sizes are in numbers, addresses in bytes.
 */
export interface KernelExports {
  packPanels(matrix: Address, stride: number, inner: number, columns: number, panels: Address): void;
  packTransposed(matrix: Address, stride: number, inner: number, columns: number, panels: Address): void;
  matMul(
    a: Address,
    aStride: number,
    panels: Address,
    c: Address,
    cStride: number,
    rows: number,
    inner: number,
    columns: number,
  ): void;
  halfScratchBytes(inner: number): number;
  packHalf(
    matrix: Address,
    stride: number,
    inner: number,
    columns: number,
    isTransposed: number,
    panels: Address,
    scratch: Address,
  ): void;
  matMulHalf(
    a: Address,
    aStride: number,
    panels: Address,
    c: Address,
    cStride: number,
    rows: number,
    inner: number,
    columns: number,
    scratch: Address,
  ): void;
  int8PanelBytes(inner: number, columns: number): number;
  int8ScratchBytes(rows: number, inner: number): number;
  packInt8(
    matrix: Address,
    stride: number,
    inner: number,
    columns: number,
    isTransposed: number,
    panels: Address,
    scales: Address,
    scratch: Address,
  ): void;
  matMulInt8(
    a: Address,
    aStride: number,
    panels: Address,
    scales: Address,
    c: Address,
    cStride: number,
    rows: number,
    inner: number,
    columns: number,
    scratch: Address,
  ): void;
  biasActivate(x: Address, stride: number, bias: Address, rows: number, columns: number, activation: number): void;
  addNorm(
    x: Address,
    bias: Address,
    residual: Address,
    gamma: Address,
    beta: Address,
    y: Address,
    rows: number,
    columns: number,
    epsilon: number,
    rowScales: Address,
  ): void;
  addRows(x: Address, table: Address, indices: Address, rows: number, columns: number): void;
  pickRows(x: Address, indices: Address, y: Address, rows: number, columns: number): void;
  windows(
    x: Address,
    stride: number,
    starts: Address,
    ends: Address,
    first: number,
    rows: number,
    columns: number,
    kernelSize: number,
    y: Address,
  ): void;
  attendScratchBytes(length: number, headSize: number): number;
  attend(
    query: Address,
    key: Address,
    value: Address,
    stride: number,
    length: number,
    headSize: number,
    positionKeys: Address,
    positionQueries: Address,
    center: number,
    mask: Address,
    maskStride: number,
    output: Address,
    outputStride: number,
    firstQuery: number,
    endQuery: number,
    scratch: Address,
  ): void;
  work(control: Address, maySleep: number): number;
  close(control: Address): number;
}
