import * as tf from '@tensorflow/tfjs';
import { type EagerBackend, eagerAttributes, eagerBackend, type TensorMetadata } from './tensorflow_op';

/** Numbers of a step of {@link fusedAdam}. */
export interface FusedAdamScalars {
  /** What a weight is multiplied by first: 1 less what decays. */
  readonly keep: tf.Scalar | undefined;
  readonly stepSize: tf.Scalar;
  readonly beta1: tf.Scalar;
  readonly beta2: tf.Scalar;
  readonly epsilon: tf.Scalar;
}

/** Resource variables of TensorFlow that lend their places to one weight after another. */
interface Places {
  readonly weight: number;
  readonly m: number;
  readonly v: number;
}

const FLOAT = { dtype: { dtype: 'float32' } } as const;
const placesByBackend = new WeakMap<object, Places>();

/**
 * `m ← β1·m + (1 − β1)·g`, `v ← β2·v + (1 − β2)·g²`, `w ← keep·w − stepSize · m / (√v + ε)` by one kernel of TensorFlow,
 * `ResourceApplyAdam`, on the backend `tensorflow`.
 *
 * One pass over memory where single operations make fourteen, and the moments change in place: another copy of them
 * would be two thirds of what the optimizer holds.
 */
export function fusedAdam(
  { weight, m, v }: Readonly<Record<'weight' | 'm' | 'v', tf.Variable>>,
  gradient: tf.Tensor,
  { keep, stepSize, beta1, beta2, epsilon }: FusedAdamScalars,
): void {
  const backend = eagerBackend();
  const places = placesOf(backend);
  const ids = (tensors: readonly tf.Tensor[]) => backend.getInputTensorIds(tensors);
  tf.tidy(() => {
    const zero = tf.scalar(0);
    const inputs = ids([zero, zero, stepSize, beta1, beta2, epsilon, gradient]);
    const kept = keep === undefined ? weight : tf.mul(weight, keep);
    assign(backend, places.weight, ids([kept])[0]!);
    // Held by nobody else, it changes in place as well.
    if (kept !== weight) kept.dispose();
    const lent = [lend(backend, m, places.m), lend(backend, v, places.v)];
    try {
      const settings = {
        T: { dtype: 'float32' },
        use_locking: { bool: false },
        use_nesterov: { bool: false },
      } as const;
      const variables = [places.weight, places.m, places.v];
      backend.binding.executeOp('ResourceApplyAdam', eagerAttributes(settings), [...variables, ...inputs], 0);
    } finally {
      for (const giveBack of lent) giveBack();
    }
    weight.assign(backend.createOutputTensor(read(backend, places.weight)));
  });
}

/** Puts a variable's data into a place, and gives what puts them back. */
function lend(backend: EagerBackend, variable: tf.Variable, place: number): () => void {
  const entry = backend.tensorMap.get(variable.dataId);
  const isShared = backend.refCount(variable.dataId) > 1;
  assign(backend, place, backend.getInputTensorIds([variable])[0]!);
  // Held by the place alone, the data change where they are. Shared ones TensorFlow copies first.
  if (!isShared) backend.binding.deleteTensor(entry.id);
  return () => {
    const data = read(backend, place);
    if (isShared) variable.assign(backend.createOutputTensor(data));
    else entry.id = data.id;
  };
}

function assign(backend: EagerBackend, place: number, id: number): void {
  backend.binding.executeOp('AssignVariableOp', eagerAttributes(FLOAT), [place, id], 0);
}

function read(backend: EagerBackend, place: number): TensorMetadata {
  return backend.binding.executeOp('ReadVariableOp', eagerAttributes(FLOAT), [place], 1)[0]!;
}

function placesOf(backend: EagerBackend): Places {
  const known = placesByBackend.get(backend);
  if (known !== undefined) return known;
  const make = (name: string) => {
    const settings = eagerAttributes({ ...FLOAT, shape: { shape: [] }, shared_name: { text: `tfjs_deberta_${name}` } });
    return backend.binding.executeOp('VarHandleOp', settings, [], 1)[0]!.id;
  };
  const made = { weight: make('weight'), m: make('m'), v: make('v') };
  placesByBackend.set(backend, made);
  return made;
}
