import { TENSOR_SHAPE, VERSION } from '../protobuf/tensorflow_types';

/**
 * The messages in a checkpoint, with the numbers of their fields; from `tensorflow/core/protobuf/tensor_bundle.proto`
 * and `trackable_object_graph.proto`.
 */

/** `BundleHeaderProto`: what the index of a checkpoint says about the whole. */
export const BUNDLE_HEADER = {
  num_shards: { id: 1, type: 'int' },
  endianness: { id: 2, type: 'int' },
  version: { id: 3, type: VERSION },
} as const;

/** `BundleEntryProto`: what the index of a checkpoint says about one tensor; of its slices only that there are some. */
export const BUNDLE_ENTRY = {
  dtype: { id: 1, type: 'int' },
  shape: { id: 2, type: TENSOR_SHAPE },
  shard_id: { id: 3, type: 'int' },
  offset: { id: 4, type: 'int' },
  size: { id: 5, type: 'int' },
  crc32c: { id: 6, type: 'fixed32' },
  slices: { id: 7, rule: 'repeated', type: {} },
} as const;

/** The objects that an object refers to: their numbers, and what it calls them. */
export const OBJECT_CHILDREN = {
  id: 1,
  rule: 'repeated',
  type: { node_id: { id: 1, type: 'int' }, local_name: { id: 2, type: 'string' } },
} as const;

/** `TrackableObjectGraph`: the Python objects whose variables a checkpoint holds; without slots and savers. */
export const OBJECT_GRAPH = {
  nodes: {
    id: 1,
    rule: 'repeated',
    type: {
      children: OBJECT_CHILDREN,
      attributes: {
        id: 2,
        rule: 'repeated',
        type: {
          name: { id: 1, type: 'string' },
          full_name: { id: 2, type: 'string' },
          checkpoint_key: { id: 3, type: 'string' },
        },
      },
      has_checkpoint_values: { id: 5, type: { value: { id: 1, type: 'bool' } } },
    },
  },
} as const;
