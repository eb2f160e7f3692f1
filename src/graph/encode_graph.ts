import type { Message } from '../protobuf/encode_message';
import { DATA_TYPES, toShapeMessage } from '../protobuf/tensorflow_types';
import type { Attributes, AttrValue, DataType, FunctionDef, GraphDef, NodeDef, TensorValue } from './graph_def';
import type { ATTR_VALUE, FUNCTION, GRAPH, NODE } from './tensorflow_schema';

/** The format's version in TensorFlow 2.9, which tfjs-node is built with, and the oldest version a reader may know. */
const VERSIONS = { producer: 1087, min_consumer: 12 } as const;

/** A graph as the message TensorFlow reads. */
export function toGraphMessage({ nodes, functions }: GraphDef): Message<typeof GRAPH> {
  return { node: nodes.map(toNode), library: { function: functions.map(toFunction) }, versions: VERSIONS };
}

/** The number of an element type. */
export function toDataTypeNumber(dtype: DataType): number {
  return DATA_TYPES[dtype];
}

function toNode({ name, op, inputs, attributes }: NodeDef): Message<typeof NODE> {
  return { name, op, input: inputs, attr: toAttributes(attributes) };
}

function toFunction({ name, inputs, outputs, nodes, attributes }: FunctionDef): Message<typeof FUNCTION> {
  const argument = ({ name, dtype }: { name: string; dtype: DataType }) => ({ name, type: toDataTypeNumber(dtype) });
  return {
    signature: { name, input_arg: inputs.map(argument), output_arg: outputs.map(argument) },
    node_def: nodes.map(toNode),
    ret: Object.fromEntries(outputs.map((output) => [output.name, output.from])),
    attr: toAttributes(attributes),
  };
}

function toAttributes(attributes: Attributes): Record<string, Message<typeof ATTR_VALUE>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, toAttrValue(value)]));
}

function toAttrValue(value: AttrValue): Message<typeof ATTR_VALUE> {
  if ('type' in value) return { type: toDataTypeNumber(value.type) };
  if ('types' in value) return { list: { type: value.types.map(toDataTypeNumber) } };
  if ('shape' in value) return { shape: toShapeMessage(value.shape) };
  if ('tensor' in value) return { tensor: toTensor(value.tensor) };
  if ('func' in value) return { func: { name: value.func } };
  if ('int' in value) return { i: value.int };
  if ('float' in value) return { f: value.float };
  if ('bool' in value) return { b: value.bool };
  return { s: utf8(value.text) };
}

function toTensor({ dtype, shape, values }: TensorValue): NonNullable<Message<typeof ATTR_VALUE>['tensor']> {
  const described = { dtype: toDataTypeNumber(dtype), tensor_shape: toShapeMessage(shape) };
  if (!ArrayBuffer.isView(values)) return { ...described, string_val: values.map(utf8) };
  return { ...described, tensor_content: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
