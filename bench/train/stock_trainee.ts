import { multiplyAsTfjsDoes } from './tfjs_mat_mul';

/** This package on tfjs' own kernels and its own products. Usage: stock_trainee.ts wasm THREADS stock */
multiplyAsTfjsDoes();
// Not an import, which would run before.
require('./tfjs_trainee');
