import { encodeMessage } from '../protobuf/encode_message';
import type { SavedModelParts } from './encode_saved_model';
import type { NodeDef } from './graph_def';
import type { SavedVariable } from './saved_variable';
import { VARIABLE } from './tensorflow_schema';

/** What a graph needs to restore its variables from a checkpoint beside it. */
export interface VariableSaver {
  readonly nodes: readonly NodeDef[];
  /** Tells every loader which nodes these are, and Python which variables there are. */
  readonly parts: SavedModelParts;
}

const FLOAT = { dtype: { type: 'float' } } as const;

/** Number of the checkpoint format that TensorBundle is. */
const CHECKPOINT_VERSION = 2;

/**
 * Builds what `tf.train.Saver` adds to a graph: a node that is fed with the checkpoint's place, and nodes that save the
 * variables to it and restore them from it.
 *
 * The C++ loader (tfjs-node, TensorFlow Serving, Java) runs the restoring; Python makes variables of its own, by the
 * collections, and then does the same. Saving is there since Python takes no saver without.
 */
export function variableSaver(variables: readonly SavedVariable[]): VariableSaver {
  const restored = variables.map(({ name }, index) => ({
    name,
    read: `save/ReadVariableOp_${index}`,
    assign: `save/AssignVariableOp_${index}`,
  }));
  const dtypes = { dtypes: { types: restored.map(() => 'float' as const) } };
  const checkpoint = ['save/Const', 'save/tensor_names', 'save/shape_and_slices'];
  const nodes: NodeDef[] = [
    text('save/Const', ['model'], []),
    // The whole of each tensor is written as an empty slice.
    ...[restored.map(({ name }) => name), restored.map(() => '')].map((values, index) =>
      text(checkpoint[index + 1]!, values, [values.length]),
    ),
    ...restored.map(({ name, read }) => node(read, 'ReadVariableOp', [name], FLOAT)),
    node('save/SaveV2', 'SaveV2', [...checkpoint, ...restored.map(({ read }) => read)], dtypes),
    node('save/control_dependency', 'Identity', ['save/Const', '^save/SaveV2'], { T: { type: 'string' } }),
    node('save/RestoreV2', 'RestoreV2', checkpoint, dtypes),
    ...restored.map(({ name, assign }, index) =>
      node(assign, 'AssignVariableOp', [name, `save/RestoreV2:${index}`], FLOAT),
    ),
    node(
      'save/restore_all',
      'NoOp',
      restored.map(({ assign }) => `^${assign}`),
    ),
  ];
  const definitions = restored.map(({ name, read, assign }) =>
    encodeMessage(VARIABLE, {
      variable_name: `${name}:0`,
      initializer_name: assign,
      snapshot_name: `${read}:0`,
      is_resource: true,
      // A graph for predictions; some of its variables are computed from others.
      trainable: false,
    }),
  );
  return {
    nodes,
    parts: {
      saver_def: {
        filename_tensor_name: 'save/Const:0',
        save_tensor_name: 'save/control_dependency:0',
        restore_op_name: 'save/restore_all',
        version: CHECKPOINT_VERSION,
      },
      collection_def: { variables: { bytes_list: { value: definitions } } },
    },
  };
}

function node(name: string, op: string, inputs: readonly string[], attributes: NodeDef['attributes'] = {}): NodeDef {
  return { name, op, inputs, attributes };
}

function text(name: string, values: readonly string[], shape: readonly number[]): NodeDef {
  const value = { tensor: { dtype: 'string', shape, values } } as const;
  return node(name, 'Const', [], { dtype: { type: 'string' }, value });
}
