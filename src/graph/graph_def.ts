/** The element types of the graphs we write, by TensorFlow's names. */
export type DataType = 'float' | 'int32' | 'int64' | 'bool' | 'string' | 'resource';

/** Sizes of the axes; -1 where one is only known when the graph runs. */
export type GraphShape = readonly number[];

/** A constant held by the graph itself: its values row by row. */
export type TensorValue = { readonly shape: GraphShape } & (
  | { readonly dtype: 'float'; readonly values: Float32Array }
  | { readonly dtype: 'int32'; readonly values: Int32Array }
  | { readonly dtype: 'bool'; readonly values: Uint8Array }
  | { readonly dtype: 'string'; readonly values: readonly string[] }
);

/** A setting of a node (`AttrValue` of TensorFlow). */
export type AttrValue =
  | { readonly type: DataType }
  | { readonly types: readonly DataType[] }
  | { readonly shape: GraphShape }
  | { readonly tensor: TensorValue }
  /** Name of a function of the graph's library. */
  | { readonly func: string }
  | { readonly int: number }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly text: string };

/** Settings by name. */
export type Attributes = Readonly<Record<string, AttrValue>>;

/** One operation (`NodeDef`). */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** Where its inputs come from: `node`, `node:1`, in a function `node:output:0`; `^node` only waits for a node. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
}

/** A graph that other nodes call (`FunctionDef`). */
export interface FunctionDef {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly dtype: DataType }[];
  readonly outputs: readonly { readonly name: string; readonly dtype: DataType; readonly from: string }[];
  readonly nodes: readonly NodeDef[];
  readonly attributes: Attributes;
}

/** A graph and the functions it calls (`GraphDef`). */
export interface GraphDef {
  readonly nodes: readonly NodeDef[];
  readonly functions: readonly FunctionDef[];
}
