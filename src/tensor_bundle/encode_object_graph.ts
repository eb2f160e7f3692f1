import { encodeMessage, type Message } from '../protobuf/encode_message';
import { attributesOf } from './attributes_of';
import { OBJECT_GRAPH } from './bundle_schema';
import { VARIABLE_VALUE } from './variable_names';

/** A variable, and the way to it through the attributes of Python's objects. */
export interface ObjectVariable {
  /** Attributes with a slash between them; a dot in one is doubled, as in the keys of checkpoints. */
  readonly way: string;
  /** Its name in Python. */
  readonly name: string;
}

type Node = NonNullable<Message<typeof OBJECT_GRAPH>['nodes']>[number];

/** An object with those it holds. */
interface ObjectNode {
  readonly children: Map<string, ObjectNode>;
  variable?: ObjectVariable;
}

/**
 * The text that tells TensorFlow which variable of which object each tensor of a checkpoint is, by which
 * `model.load_weights` and `tf.train.Checkpoint` restore it.
 *
 * The tensors go by {@link ObjectVariable.way} and the ending of variables.
 */
export function encodeObjectGraph(variables: readonly ObjectVariable[]): Uint8Array {
  const root: ObjectNode = { children: new Map() };
  for (const variable of variables) {
    let node = root;
    for (const attribute of attributesOf(variable.way)) {
      const child = node.children.get(attribute) ?? { children: new Map() };
      node.children.set(attribute, child);
      node = child;
    }
    node.variable = variable;
  }
  return encodeMessage(OBJECT_GRAPH, { nodes: numbered(root) });
}

/** The objects in the order in which each is first met, from the root level by level. */
function numbered(root: ObjectNode): Node[] {
  const objects = [root];
  for (const { children } of objects) objects.push(...children.values());
  const numbers = new Map(objects.map((object, number) => [object, number]));
  return objects.map(({ children, variable }) => ({
    children: [...children].map(([attribute, child]) => ({ node_id: numbers.get(child)!, local_name: attribute })),
    attributes: variable === undefined ? [] : [toAttribute(variable)],
    has_checkpoint_values: { value: true },
  }));
}

function toAttribute({ way, name }: ObjectVariable) {
  return { name: 'VARIABLE_VALUE', full_name: name, checkpoint_key: `${way}${VARIABLE_VALUE}` };
}
