import type { ActivationName } from '../config/config_schema';

/** The numbers by which kernels know activations; `none` leaves numbers as they are. The same as in assembly/activate.ts. */
export const ACTIVATION_CODES: Readonly<Record<ActivationName | 'none', number>> = {
  none: 0,
  gelu: 1,
  gelu_10: 2,
  gelu_fast: 3,
  gelu_new: 3,
  mish: 4,
  quick_gelu: 5,
  relu: 6,
  sigmoid: 7,
  silu: 8,
  swish: 8,
  tanh: 9,
};
