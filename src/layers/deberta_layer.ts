import * as tf from '@tensorflow/tfjs';
import { ACTIVATION_NAMES } from '../config/config_schema';
import { RandomStream, randomSeed } from '../ops/random_stream';
import { ScopedValue } from '../ops/scoped_value';

/** The options that hold an underscore, which are names of activations, by tfjs' spelling of them. */
const RESPELLED = new Map<unknown, string>(
  ACTIVATION_NAMES.map((name) => [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), name]),
);

/** What every Keras-style layer takes: `name`, `trainable`, `inputShape` and the like. */
export type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]> & {
  /** Where initial weights and dropout masks get their seeds; a stream of its own, seeded at random, by default. */
  readonly seeds?: RandomStream;
};

/** What tfjs hands to `call` beside the inputs. */
export interface CallArgs {
  readonly training?: boolean;
}

/** Makes the initial value of a weight. */
export type Initializer = ReturnType<typeof tf.initializers.zeros>;

/** Finds a weight's initial value by its path (`deberta/encoder/…/kernel`); undefined leaves it to the layer. */
export type WeightProvider = (path: string, shape: number[]) => tf.Tensor | undefined;

const weightProvider = new ScopedValue<WeightProvider>();

/**
 * Builds layers whose weights start from given values instead of random ones, which at checkpoint size take
 * seconds to draw and twice the memory.
 *
 * @param provider asked once per weight; the tensor it gives is taken over by the layer.
 * @param build makes and builds the layers, synchronously.
 */
export function buildWithWeights<T>(provider: WeightProvider, build: () => T): T {
  return weightProvider.during(provider, build);
}

/**
 * Base of all layers: a tf.layers.Layer that may hold other layers, as Keras layers do.
 *
 * What tfjs-layers lacks for nesting is here once: weights of sublayers count as this layer's, carry their path as
 * name (`deberta/encoder/layer_._0/attention/self/query_proj/kernel`), and are built, frozen and disposed with it.
 * Every layer knows its sizes from its options, so building needs no input.
 *
 * `forward` of a subclass is its typed pass; `call` adapts it to Keras' positional tensors.
 */
export abstract class DebertaLayer<Options extends object = object> extends tf.layers.Layer {
  /** The options this layer was made with, as {@link getConfig} returns them. */
  readonly options: Readonly<Options>;
  readonly #sublayers: DebertaLayer[] = [];
  #scope: () => string = () => this.name;
  #seeds: () => RandomStream;

  /**
   * @param args the layer's options and Keras' own; a whole `DebertaV2Config` may be spread into them.
   * @param fields which of them are this layer's options.
   */
  protected constructor(args: Options & LayerArgs, fields: readonly (keyof Options & string)[]) {
    super(args);
    this.options = Object.fromEntries(fields.map((field) => [field, args[field]])) as Options;
    const seeds = args.seeds ?? new RandomStream(randomSeed());
    this.#seeds = () => seeds;
  }

  /** Loading undoes what tfjs does to a layer's options in a file: undefined becomes null, `gelu_new` `geluNew`. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const given = Object.entries(config).filter(([, value]) => value !== null);
    const restored = given.map(([key, value]) => [key, key === 'name' ? value : (RESPELLED.get(value) ?? value)]);
    return new cls(Object.fromEntries(restored));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }

  /** Where this layer's weights live in a checkpoint: its name under those of the layers around it. */
  get path(): string {
    return this.#scope();
  }

  /** Where dropout masks and initial weights get their seeds; one stream per model. */
  get seeds(): RandomStream {
    return this.#seeds();
  }

  override build(): void {
    if (this.built) return;
    this.createWeights();
    for (const layer of this.#sublayers) layer.build();
    this.built = true;
  }

  /** Makes this layer's own weights with {@link makeWeight}; sublayers make theirs. */
  protected createWeights(): void {}

  /** Releases tensors this layer keeps beside its weights. */
  protected releaseCaches(): void {}

  /**
   * Makes a layer part of this one.
   *
   * @param transparent whether its weights are named as if they were this layer's own.
   */
  protected addLayer<T extends DebertaLayer>(layer: T, { transparent = false } = {}): T {
    layer.#scope = () => (transparent ? this.path : `${this.path}/${layer.name}`);
    layer.#seeds = () => this.seeds;
    if (!this.trainable) layer.trainable = false;
    this.#sublayers.push(layer);
    return layer;
  }

  /** Gives a layer that is part of this one another name, and its weights the paths that come with it. */
  protected renameLayer(layer: DebertaLayer, name: string): void {
    const before = layer.path;
    layer.name = name;
    for (const weight of layer.weights) {
      Object.assign(weight, { originalName: layer.path + weight.originalName.slice(before.length) });
    }
  }

  /** Takes a layer out of this one again and releases what it holds. */
  protected removeLayer(layer: DebertaLayer): void {
    this.#sublayers.splice(this.#sublayers.indexOf(layer), 1);
    // tfjs disposes of layers that a model applied, which is not how sublayers run.
    for (const weight of layer.weights) weight.dispose();
    layer.#release();
  }

  /** The layers in this one, at any depth. */
  get descendants(): readonly DebertaLayer[] {
    return this.#sublayers.flatMap((layer) => [layer, ...layer.descendants]);
  }

  /** A trainable float32 weight. */
  protected makeWeight(name: string, shape: number[], initializer: Initializer): tf.LayerVariable {
    const originalName = `${this.path}/${name}`;
    const provided = weightProvider.current?.(originalName, shape);
    const initial = provided === undefined ? initializer : Object.assign(initializer, { apply: () => provided });
    const weight = this.addWeight(name, shape, 'float32', initial);
    // tfjs names a weight after the layers whose `apply` is running; sublayers are built outside of theirs.
    return Object.assign(weight, { originalName, trainable: this.trainable });
  }

  /** Puts a weight of more or fewer rows in the place of one of this layer's; rows that both have keep their values. */
  protected replaceWeight(old: tf.LayerVariable, rows: number, initializer: Initializer): tf.LayerVariable {
    return this.#exchange(old, (values) => {
      const [oldRows = 0, ...rowShape] = values.shape;
      const kept = tf.slice(values, 0, Math.min(rows, oldRows));
      return rows <= oldRows ? kept : tf.concat([kept, initializer.apply([rows - oldRows, ...rowShape])]);
    });
  }

  /** Puts a weight of some rows of one of this layer's, in the order given, in its place. */
  protected keepRows(old: tf.LayerVariable, rows: readonly number[]): tf.LayerVariable {
    return this.#exchange(old, (values) => tf.gather(values, tf.tensor1d([...rows], 'int32')));
  }

  #exchange(old: tf.LayerVariable, change: (values: tf.Tensor) => tf.Tensor): tf.LayerVariable {
    const values = tf.tidy(() => change(old.read()));
    const weight = Object.assign(new tf.LayerVariable(values, 'float32', old.originalName, old.trainable), {
      originalName: old.originalName,
    });
    values.dispose();
    this._trainableWeights[this._trainableWeights.indexOf(old)] = weight;
    old.dispose();
    return weight;
  }

  /** Normal initial weights cut off at two standard deviations, as the TF classes draw them. */
  protected truncatedNormal(stddev: number): Initializer {
    return tf.initializers.truncatedNormal({ stddev, seed: this.seeds.nextInteger() });
  }

  override get trainable(): boolean {
    return super.trainable;
  }

  /** Freezes the layers in it too, as Keras does: `optimizer.minimize` asks each variable and not the layers. */
  override set trainable(trainable: boolean) {
    super.trainable = trainable;
    for (const layer of this.#sublayers) layer.trainable = trainable;
  }

  override get trainableWeights(): tf.LayerVariable[] {
    return this.trainable ? [...super.trainableWeights, ...this.#sublayers.flatMap((l) => l.trainableWeights)] : [];
  }

  override set trainableWeights(weights: tf.LayerVariable[]) {
    super.trainableWeights = weights;
  }

  override get nonTrainableWeights(): tf.LayerVariable[] {
    const ofSublayers = (layer: DebertaLayer) => (this.trainable ? layer.nonTrainableWeights : layer.weights);
    return [...super.nonTrainableWeights, ...this.#sublayers.flatMap(ofSublayers)];
  }

  override set nonTrainableWeights(weights: tf.LayerVariable[]) {
    super.nonTrainableWeights = weights;
  }

  protected override disposeWeights(): number {
    this.#release();
    return super.disposeWeights();
  }

  #release(): void {
    this.releaseCaches();
    for (const layer of this.#sublayers) layer.#release();
  }
}

/** The first of Keras' positional inputs. */
export function firstInput(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}

/** The first of Keras' positional input shapes. */
export function firstShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
  return (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
}
