import { decodeMessage } from '../../src/protobuf/decode_message';
import { encodeMessage } from '../../src/protobuf/encode_message';
import { attributesOf } from '../../src/tensor_bundle/attributes_of';
import { OBJECT_GRAPH } from '../../src/tensor_bundle/bundle_schema';
import { encodeObjectGraph } from '../../src/tensor_bundle/encode_object_graph';
import { variableNames } from '../../src/tensor_bundle/variable_names';

const variables = [
  { way: 'deberta/encoder/rel_embeddings..weight', name: 'model/deberta/encoder/rel_embeddings.weight' },
  { way: 'deberta/encoder/layer/0/kernel', name: 'model/deberta/encoder/layer_._0/kernel' },
  { way: 'classifier/kernel', name: 'model/classifier/kernel' },
];

describe('encodeObjectGraph', () => {
  test('leads to each variable by its attributes', () => {
    const { nodes = [] } = decodeMessage(OBJECT_GRAPH, encodeObjectGraph(variables), 'The graph');
    for (const { way, name } of variables) {
      const end = attributesOf(way).reduce(
        (node, attribute) => nodes[node]!.children!.find((child) => child.local_name === attribute)!.node_id!,
        0,
      );
      expect(nodes[end]!.attributes).toEqual([
        { name: 'VARIABLE_VALUE', full_name: name, checkpoint_key: `${way}/.ATTRIBUTES/VARIABLE_VALUE` },
      ]);
    }
    // The root, deberta, encoder, layer, 0, classifier, and the variables.
    expect(nodes).toHaveLength(9);
  });
});

describe('variableNames', () => {
  test('gives the names by the keys of tensors', () => {
    expect([...variableNames('x.index', encodeObjectGraph(variables))].sort()).toEqual(
      variables.map(({ way, name }) => [`${way}/.ATTRIBUTES/VARIABLE_VALUE`, name]).sort(),
    );
  });

  test('takes cycles, dangling references, and attributes without a name or with an endless one', () => {
    const graph = encodeMessage(OBJECT_GRAPH, {
      nodes: [
        {
          children: [
            { node_id: 0, local_name: 'self' },
            { node_id: 1e9, local_name: 'nothing' },
          ],
        },
        {
          attributes: [
            { checkpoint_key: 'a' },
            { full_name: 'b' },
            { checkpoint_key: 'c', full_name: 'd' },
            { checkpoint_key: 'e', full_name: '/'.repeat(1e6) },
          ],
        },
      ],
    });
    expect([...variableNames('x.index', graph)]).toEqual([['c', 'd']]);
  });

  test('refuses what is no graph', () => {
    expect(() => variableNames('x.index', Uint8Array.of(10, 200, 1))).toThrowDebertaError(
      'checkpoint',
      /object graph of x\.index must be a protobuf message and is damaged/,
    );
  });
});
