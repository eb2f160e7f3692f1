import type { GraphBuilder } from '../graph/graph_builder';
import type { GraphShape } from '../graph/graph_def';
import type { PositionTable, WeightName } from './program';

/** What a graph reads beside its inputs: a weight of the model, or a projected table. */
export type WeightSource =
  | { readonly kind: 'weight'; readonly name: WeightName }
  | { readonly kind: 'table'; readonly name: string; readonly table: PositionTable };

/** Finds a reference to a weight's value. */
export interface WeightReferences {
  reference(source: WeightSource): string;
}

/** How {@link WeightNodes} makes nodes. */
export interface WeightNodesOptions {
  /** `fed` makes placeholders, `variables` variables and a read of each. */
  readonly weights: 'fed' | 'variables';
  readonly shapeOf: (source: WeightSource) => GraphShape;
}

/** The placeholders to assign variables from, in the order of the sources, and what running the assignment gives. */
export interface VariableAssignment {
  readonly feeds: readonly string[];
  readonly done: string;
}

/** Makes a node for each weight the program asks for, once. */
export class WeightNodes implements WeightReferences {
  readonly sources: WeightSource[] = [];
  readonly #graph: GraphBuilder;
  readonly #options: WeightNodesOptions;
  readonly #known = new Map<string, string>();

  constructor(graph: GraphBuilder, options: WeightNodesOptions) {
    this.#graph = graph;
    this.#options = options;
  }

  reference(source: WeightSource): string {
    const known = this.#known.get(source.name);
    if (known !== undefined) return known;
    const made = this.#options.weights === 'fed' ? this.#placeholder(source) : this.#variable(source);
    this.#known.set(source.name, made);
    this.sources.push(source);
    return made;
  }

  #placeholder(source: WeightSource): string {
    return this.#graph.placeholder(source.name, 'float', this.#options.shapeOf(source));
  }

  #variable(source: WeightSource): string {
    const handle = this.#graph.op(
      'VarHandleOp',
      [],
      {
        dtype: { type: 'float' },
        shape: { shape: this.#options.shapeOf(source) },
        shared_name: { text: source.name },
      },
      source.name,
    );
    return this.#graph.op('ReadVariableOp', [handle], { dtype: { type: 'float' } });
  }

  /** Nodes that assign every variable from a placeholder of its own. */
  assignment(): VariableAssignment {
    const feeds = this.sources.map((source, index) =>
      this.#graph.placeholder(`value_${index}`, 'float', this.#options.shapeOf(source)),
    );
    const assigned = this.sources.map(({ name }, index) => {
      this.#graph.op('AssignVariableOp', [name, feeds[index]!], { dtype: { type: 'float' } }, `assign_${index}`);
      return `^assign_${index}`;
    });
    const value = { dtype: 'int32', shape: [], values: Int32Array.of(1) } as const;
    this.#graph.op('Const', assigned, { dtype: { type: 'int32' }, value: { tensor: value } }, 'assigned');
    return { feeds, done: 'assigned:0' };
  }
}
