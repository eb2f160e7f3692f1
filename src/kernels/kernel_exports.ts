/** An address in the kernels' memory, in bytes; 0 stands for none. */
export type Address = number;

/**
 * What the kernels of `assembly/` offer; there each function is described.
 *
 * Strides and sizes are in numbers, addresses in bytes.
 */
export interface KernelExports {
  preferSixRows(isFaster: number): void;
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
  transposedScratchBytes(rows: number, inner: number): number;
  matMulTransposed(
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
  matMulFewRows(
    a: Address,
    aStride: number,
    b: Address,
    bStride: number,
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
  norm(
    x: Address,
    gamma: Address,
    beta: Address,
    y: Address,
    normalized: Address,
    inverses: Address,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  normGradient(
    dy: Address,
    normalized: Address,
    inverses: Address,
    gamma: Address,
    dx: Address,
    dGamma: Address,
    dBeta: Address,
    rows: number,
    columns: number,
  ): void;
  gelu(x: Address, y: Address, count: number): void;
  geluGradient(x: Address, dy: Address, dx: Address, count: number): void;
  maskedSoftmax(x: Address, mask: Address, maskStride: number, y: Address, rows: number, columns: number): void;
  softmaxGradient(dy: Address, p: Address, dx: Address, rows: number, columns: number): void;
  dropout(
    x: Address,
    y: Address,
    count: number,
    key0: number,
    key1: number,
    counter2: number,
    counter3: number,
    limit: number,
    kept: number,
  ): void;
  adam(
    weight: Address,
    m: Address,
    v: Address,
    gradient: Address,
    newWeight: Address,
    newM: Address,
    newV: Address,
    count: number,
    keep: number,
    stepSize: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
  ): void;
  columnSums(x: Address, y: Address, rows: number, columns: number): void;
  rowSums(x: Address, y: Address, rows: number, columns: number): void;
  sumOfSquares(x: Address, y: Address, count: number): void;
  permuteRows(
    x: Address,
    y: Address,
    size0: number,
    size1: number,
    size2: number,
    stride0: number,
    stride1: number,
    stride2: number,
    columns: number,
  ): void;
  transposeMatrices(x: Address, y: Address, matrices: number, rows: number, columns: number): void;
  relativeScratchBytes(length: number, size: number): number;
  relativeScores(
    content: Address,
    positions: Address,
    scores: Address,
    heads: number,
    batch: number,
    length: number,
    size: number,
    isTransposed: number,
    scratch: Address,
  ): void;
  relativeGradientScratchBytes(batch: number, length: number, size: number): number;
  relativeGradients(
    dScores: Address,
    content: Address,
    positions: Address,
    dContent: Address,
    dPositions: Address,
    heads: number,
    batch: number,
    length: number,
    size: number,
    isTransposed: number,
    scratch: Address,
  ): void;
  scatterRows(updates: Address, indices: Address, y: Address, rows: number, columns: number, height: number): void;
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
  attendScratchBytes(length: number, headSize: number, queries: number): number;
  attend(
    query: Address,
    queryStride: number,
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
