import * as tf from '@tensorflow/tfjs';

/** A setting of a TensorFlow operation. */
export type TensorflowAttribute =
  | { readonly dtype: tf.DataType }
  | { readonly int: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly shape: readonly number[] };

/** Settings by name. */
export type TensorflowAttributes = Readonly<Record<string, TensorflowAttribute>>;

/** A setting as tfjs-node takes it. */
interface EagerAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A tensor of TensorFlow, as tfjs-node hands it over. */
export interface TensorMetadata {
  readonly id: number;
}

/** What we use of tfjs-node's backend to run operations that tfjs has no kernel for. */
export interface EagerBackend {
  readonly binding: {
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_SHAPE: number;
    executeOp(
      name: string,
      attributes: readonly EagerAttribute[],
      inputIds: readonly number[],
      outputs: number,
    ): TensorMetadata[];
    deleteTensor(id: number): void;
  };
  readonly tensorMap: { get(dataId: object): { id: number } };
  refCount(dataId: object): number;
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  getDTypeInteger(dtype: tf.DataType): number;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  executeSingleOutput(name: string, attributes: readonly EagerAttribute[], inputs: readonly tf.Tensor[]): tf.Tensor;
}

/** Whether {@link tensorflowOp} works on the backend in use. */
export function hasTensorflowOps(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** tfjs-node's backend, which must be in use. */
export function eagerBackend(): tf.KernelBackend & EagerBackend {
  return tf.backend() as tf.KernelBackend & EagerBackend;
}

/** Runs an operation of TensorFlow that has one output, on the backend `tensorflow`. */
export function tensorflowOp(name: string, inputs: readonly tf.Tensor[], attributes: TensorflowAttributes): tf.Tensor {
  return eagerBackend().executeSingleOutput(name, eagerAttributes(attributes), inputs);
}

/** Settings as tfjs-node takes them. */
export function eagerAttributes(attributes: TensorflowAttributes): EagerAttribute[] {
  const backend = eagerBackend();
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_ATTR_SHAPE } = backend.binding;
  return Object.entries(attributes).map(([name, value]) => {
    if ('dtype' in value) return { name, type: TF_ATTR_TYPE, value: backend.getDTypeInteger(value.dtype) };
    if ('int' in value) return { name, type: TF_ATTR_INT, value: value.int };
    if ('bool' in value) return { name, type: TF_ATTR_BOOL, value: value.bool };
    if ('text' in value) return { name, type: TF_ATTR_STRING, value: value.text };
    return { name, type: TF_ATTR_SHAPE, value: value.shape };
  });
}
