import type { ActivationName } from '../config/config_schema';
import type { GraphBuilder } from '../graph/graph_builder';

const FLOAT = { T: { type: 'float' } } as const;

/**
 * Adds an activation's nodes; the formulas are those of `activations` in `src/ops/`.
 *
 * @returns a reference to its result.
 */
export function emitActivation(graph: GraphBuilder, name: ActivationName, x: string): string {
  const unary = (op: string, input: string) => graph.op(op, [input], FLOAT);
  const binary = (op: string, a: string, b: string) => graph.op(op, [a, b], FLOAT);
  const times = (a: string, b: string | number) => binary('Mul', a, typeof b === 'number' ? graph.float(b) : b);
  const plusOne = (a: string) => binary('AddV2', a, graph.float(1));

  const gelu = () => times(times(plusOne(unary('Erf', times(x, Math.SQRT1_2))), 0.5), x);
  const geluTanh = () => {
    const inner = times(times(x, Math.sqrt(2 / Math.PI)), plusOne(times(unary('Square', x), 0.044715)));
    return times(times(x, 0.5), plusOne(unary('Tanh', inner)));
  };
  const silu = () => times(x, unary('Sigmoid', x));

  const formulas: Readonly<Record<ActivationName, () => string>> = {
    gelu,
    gelu_10: () => binary('Minimum', binary('Maximum', gelu(), graph.float(-10)), graph.float(10)),
    gelu_fast: geluTanh,
    gelu_new: geluTanh,
    mish: () => times(x, unary('Tanh', unary('Softplus', x))),
    quick_gelu: () => times(x, unary('Sigmoid', times(x, 1.702))),
    relu: () => unary('Relu', x),
    sigmoid: () => unary('Sigmoid', x),
    silu,
    swish: silu,
    tanh: () => unary('Tanh', x),
  };
  return formulas[name]();
}
