import { decodeMessage } from '../protobuf/decode_message';
import { OBJECT_GRAPH } from './bundle_schema';

/** The key of the text that describes the Python objects whose variables a checkpoint holds. */
export const OBJECT_GRAPH_KEY = '_CHECKPOINTABLE_OBJECT_GRAPH';

/** What a key of a checkpoint of objects ends with; before it stands the way to the variable. */
export const VARIABLE_VALUE = '/.ATTRIBUTES/VARIABLE_VALUE';

/** Longer is no name of a variable; what is done with names must not take long. */
const MOST_LETTERS = 1024;

/**
 * The names that variables had in Python, by their keys in the checkpoint.
 *
 * How the objects refer to each other does not matter, so cycles between them do no harm.
 *
 * @param graph a `TrackableObjectGraph`.
 * @throws {CheckpointError} when it is damaged.
 */
export function variableNames(path: string, graph: Uint8Array): ReadonlyMap<string, string> {
  const { nodes = [] } = decodeMessage(OBJECT_GRAPH, graph, `The object graph of ${path}`);
  const names = new Map<string, string>();
  for (const { attributes = [] } of nodes) {
    for (const { checkpoint_key: key, full_name: name } of attributes) {
      if (key === undefined || name === undefined || name === '' || name.length > MOST_LETTERS) continue;
      names.set(key, name);
    }
  }
  return names;
}
