import { encodeMessage, type Message } from '../protobuf/encode_message';
import { toShapeMessage } from '../protobuf/tensorflow_types';
import { toDataTypeNumber, toGraphMessage } from './encode_graph';
import type { DataType, GraphDef, GraphShape } from './graph_def';
import { SAVED_MODEL, type SIGNATURE } from './tensorflow_schema';

/** A tensor of the graph that a signature names. */
export interface SignatureTensor {
  /** `node:0`. */
  readonly tensor: string;
  readonly dtype: DataType;
  readonly shape: GraphShape;
}

/** What a program calls a SavedModel by: named inputs and outputs. */
export interface Signature {
  readonly inputs: Readonly<Record<string, SignatureTensor>>;
  readonly outputs: Readonly<Record<string, SignatureTensor>>;
}

/** What else a SavedModel with variables says, as messages. */
export type SavedModelParts = Pick<
  NonNullable<Message<typeof SAVED_MODEL>['meta_graphs']>[number],
  'saver_def' | 'collection_def'
>;

/** The bytes of `saved_model.pb`, tagged `serve`. */
export function encodeSavedModel(
  graph: GraphDef,
  signatures: Readonly<Record<string, Signature>>,
  parts: SavedModelParts = {},
): Uint8Array {
  return encodeMessage(SAVED_MODEL, {
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        ...parts,
        meta_info_def: { tags: ['serve'] },
        graph_def: toGraphMessage(graph),
        signature_def: Object.fromEntries(
          Object.entries(signatures).map(([name, signature]) => [name, toSignature(signature)]),
        ),
      },
    ],
  });
}

function toSignature({ inputs, outputs }: Signature): Message<typeof SIGNATURE> {
  return { inputs: toInfos(inputs), outputs: toInfos(outputs), method_name: 'tensorflow/serving/predict' };
}

function toInfos(tensors: Readonly<Record<string, SignatureTensor>>): NonNullable<Message<typeof SIGNATURE>['inputs']> {
  return Object.fromEntries(
    Object.entries(tensors).map(([key, { tensor, dtype, shape }]) => [
      key,
      { name: tensor, dtype: toDataTypeNumber(dtype), tensor_shape: toShapeMessage(shape) },
    ]),
  );
}
