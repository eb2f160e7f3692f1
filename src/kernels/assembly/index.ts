export { biasActivate } from './activate';
export { attend, attendScratchBytes } from './attend';
export { halfScratchBytes, matMulHalf, packHalf } from './half';
export { int8PanelBytes, int8ScratchBytes, matMulInt8, packInt8 } from './int8';
export { addNorm } from './layer_norm';
export { matMul } from './mat_mul';
export { packPanels, packTransposed } from './pack';
export { addRows, pickRows, windows } from './rows';
export { close, work } from './work';
