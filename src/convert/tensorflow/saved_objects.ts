import { decodeMessage } from '../../protobuf/decode_message';
import type { FileSource } from '../../sources/file_source';
import { readBytes } from '../../sources/read_json';
import { attributesOf } from '../../tensor_bundle/attributes_of';
import { OBJECT_CHILDREN } from '../../tensor_bundle/bundle_schema';
import { VARIABLE_VALUE } from '../../tensor_bundle/variable_names';

/** `SavedModel`; of its graphs only the Python objects, and of these the variables' names. */
export const SAVED_OBJECTS = {
  meta_graphs: {
    id: 2,
    rule: 'repeated',
    type: {
      object_graph_def: {
        id: 7,
        type: {
          nodes: {
            id: 1,
            rule: 'repeated',
            type: {
              children: OBJECT_CHILDREN,
              variable: { id: 7, type: { name: { id: 6, type: 'string' } } },
            },
          },
        },
      },
    },
  },
} as const;

/** The object that others are found from. */
const ROOT = 0;

/**
 * The names of variables by the keys of their tensors, as `saved_model.pb` tells them: a key is the way from the root
 * to the variable.
 *
 * @param keys of tensors of objects, which end as those of variables do.
 * @throws {CheckpointError} when the file is missing or damaged.
 */
export async function readSavedObjects(
  source: FileSource,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const bytes = await readBytes(source, 'saved_model.pb');
  const { meta_graphs: graphs = [] } = decodeMessage(SAVED_OBJECTS, bytes, source.pathOf('saved_model.pb'));
  const nodes = graphs[0]?.object_graph_def?.nodes ?? [];
  const childrenOf = nodes.map(
    ({ children = [] }) => new Map(children.map(({ local_name, node_id = ROOT }) => [local_name, node_id])),
  );
  const names = new Map<string, string>();
  for (const key of keys) {
    const way = attributesOf(key.slice(0, -VARIABLE_VALUE.length));
    const end = way.reduce<number | undefined>(
      (node, step) => (node === undefined ? node : childrenOf[node]?.get(step)),
      ROOT,
    );
    const name = end === undefined ? undefined : nodes[end]?.variable?.name;
    if (name !== undefined) names.set(key, name);
  }
  return names;
}
