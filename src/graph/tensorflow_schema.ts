import { TENSOR_SHAPE, VERSION } from '../protobuf/tensorflow_types';

/**
 * The fields that we write of TensorFlow's messages, with their numbers; from `tensorflow/core/framework/*.proto` and
 * `tensorflow/core/protobuf/*.proto`.
 */

const TENSOR = {
  dtype: { id: 1, type: 'int' },
  tensor_shape: { id: 2, type: TENSOR_SHAPE },
  tensor_content: { id: 4, type: 'bytes' },
  string_val: { id: 8, rule: 'repeated', type: 'bytes' },
} as const;

/** `AttrValue`; of a list only the types. */
export const ATTR_VALUE = {
  list: { id: 1, type: { type: { id: 6, rule: 'packed', type: 'int' } } },
  s: { id: 2, type: 'bytes' },
  i: { id: 3, type: 'int' },
  f: { id: 4, type: 'float' },
  b: { id: 5, type: 'bool' },
  type: { id: 6, type: 'int' },
  shape: { id: 7, type: TENSOR_SHAPE },
  tensor: { id: 8, type: TENSOR },
  func: { id: 10, type: { name: { id: 1, type: 'string' } } },
} as const;

/** `NodeDef`. */
export const NODE = {
  name: { id: 1, type: 'string' },
  op: { id: 2, type: 'string' },
  input: { id: 3, rule: 'repeated', type: 'string' },
  attr: { id: 5, rule: 'map', type: ATTR_VALUE },
} as const;

const ARGUMENT = { name: { id: 1, type: 'string' }, type: { id: 3, type: 'int' } } as const;

/** `FunctionDef`. */
export const FUNCTION = {
  signature: {
    id: 1,
    type: {
      name: { id: 1, type: 'string' },
      input_arg: { id: 2, rule: 'repeated', type: ARGUMENT },
      output_arg: { id: 3, rule: 'repeated', type: ARGUMENT },
    },
  },
  node_def: { id: 3, rule: 'repeated', type: NODE },
  ret: { id: 4, rule: 'map', type: 'string' },
  attr: { id: 5, rule: 'map', type: ATTR_VALUE },
} as const;

/** `GraphDef`. */
export const GRAPH = {
  node: { id: 1, rule: 'repeated', type: NODE },
  library: { id: 2, type: { function: { id: 1, rule: 'repeated', type: FUNCTION } } },
  versions: { id: 4, type: VERSION },
} as const;

const TENSOR_INFO = {
  name: { id: 1, type: 'string' },
  dtype: { id: 2, type: 'int' },
  tensor_shape: { id: 3, type: TENSOR_SHAPE },
} as const;

/** `SignatureDef`. */
export const SIGNATURE = {
  inputs: { id: 1, rule: 'map', type: TENSOR_INFO },
  outputs: { id: 2, rule: 'map', type: TENSOR_INFO },
  method_name: { id: 3, type: 'string' },
} as const;

/** `SaverDef`: how variables are restored. */
export const SAVER = {
  filename_tensor_name: { id: 1, type: 'string' },
  save_tensor_name: { id: 2, type: 'string' },
  restore_op_name: { id: 3, type: 'string' },
  version: { id: 7, type: 'int' },
} as const;

/** `VariableDef`. */
export const VARIABLE = {
  variable_name: { id: 1, type: 'string' },
  initializer_name: { id: 2, type: 'string' },
  snapshot_name: { id: 3, type: 'string' },
  is_resource: { id: 5, type: 'bool' },
  trainable: { id: 7, type: 'bool' },
} as const;

/** `SavedModel`. */
export const SAVED_MODEL = {
  saved_model_schema_version: { id: 1, type: 'int' },
  meta_graphs: {
    id: 2,
    rule: 'repeated',
    type: {
      meta_info_def: { id: 1, type: { tags: { id: 4, rule: 'repeated', type: 'string' } } },
      graph_def: { id: 2, type: GRAPH },
      saver_def: { id: 3, type: SAVER },
      collection_def: {
        id: 4,
        rule: 'map',
        type: { bytes_list: { id: 2, type: { value: { id: 1, rule: 'repeated', type: 'bytes' } } } },
      },
      signature_def: { id: 5, rule: 'map', type: SIGNATURE },
    },
  },
} as const;
