import * as tf from '@tensorflow/tfjs';
import type { WeightSpec } from '../convert/weight_names';
import { UsageError } from '../errors';
import { buildWithWeights, DebertaLayer } from '../layers/deberta_layer';
import { Dense } from '../layers/dense';
import type { AdapterConfig } from './adapter_config';
import type { AdapterModules } from './adapter_modules';
import { adapterTensors } from './adapter_tensors';
import { loraFactor } from './lora_options';
import { MergedKernel } from './merged_kernel';
import { layerPath } from './module_names';

/** What a model's adapter is like. */
export interface LoraInfo {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly useRslora: boolean;
  /** PyTorch's names of the dense layers that have an addition. */
  readonly targets: readonly string[];
  /** Names by which the parts end that are trained and saved whole. */
  readonly modulesToSave: readonly string[];
  /** Numbers that are trained. */
  readonly trainedParameters: number;
}

/** The parts of a model that an adapter works on. */
export interface AdaptedModel {
  readonly layers: readonly tf.layers.Layer[];
  readonly weights: readonly tf.LayerVariable[];
}

/** What {@link LoraAdapter} puts on a model. */
export interface LoraAdapterParts {
  readonly config: AdapterConfig;
  readonly modules: AdapterModules;
  /** Values to start from, by paths of weights; taken over. Fresh additions and the weights as they are by default. */
  readonly values?: ReadonlyMap<string, tf.Tensor>;
}

/**
 * LoRA on a model: additions beside kernels, and parts that are trained whole; everything else is frozen.
 *
 * What is trained whole is remembered as it was, so that the model can be given back.
 */
export class LoraAdapter {
  readonly config: AdapterConfig;
  /** Its weights, as files have them. */
  readonly tensors: readonly WeightSpec[];
  readonly #model: AdaptedModel;
  readonly #modules: AdapterModules;
  readonly #kernels: ReadonlyMap<string, { readonly dense: Dense; readonly merged: MergedKernel }>;
  readonly #flags: ReadonlyArray<readonly [DebertaLayer, boolean]>;
  readonly #originals: ReadonlyMap<string, tf.Tensor>;

  /** Puts the adapter on. */
  constructor(model: AdaptedModel, { config, modules, values = new Map() }: LoraAdapterParts) {
    this.config = config;
    this.tensors = adapterTensors(modules, config.rank);
    this.#model = model;
    this.#modules = modules;
    const layers = this.#layers();
    this.#flags = layers.map((layer) => [layer, layer.trainable] as const);
    for (const layer of layers) layer.trainable = true;
    const byPath = new Map(layers.filter((layer) => layer instanceof Dense).map((dense) => [dense.path, dense]));
    const targets = modules.targets.map((target) => [target.spec.tfName, byPath.get(layerPath(target))!] as const);
    this.#kernels = new Map(targets.map(([name, dense]) => [name, { dense, merged: new MergedKernel(dense) }]));
    const weights = this.#weights();
    this.#originals = new Map(
      modules.saved.map(({ spec }) => [spec.tfName, tf.keep(tf.clone(weights.get(spec.tfName)!.read()))]),
    );
    const options = { rank: config.rank, factor: loraFactor(config), dropoutRate: config.dropout };
    buildWithWeights(
      (path) => values.get(path),
      () => {
        for (const [, dense] of targets) dense.addLora(options);
      },
    );
    for (const { spec } of modules.saved) {
      const value = values.get(spec.tfName);
      if (value !== undefined) weights.get(spec.tfName)!.write(value);
      value?.dispose();
    }
    this.freezeBase();
  }

  /** Leaves the adapter's weights alone to be trained. */
  freezeBase(): void {
    const trained = new Set(this.tensors.map(({ tfName }) => tfName));
    for (const weight of this.#model.weights) weight.trainable = trained.has(weight.originalName);
  }

  /** See {@link LoraInfo}. */
  get info(): LoraInfo {
    const { rank, alpha, dropout, useRslora, modulesToSave } = this.config;
    return {
      rank,
      alpha,
      dropout,
      useRslora,
      targets: this.#modules.targets.map(({ module }) => module),
      modulesToSave,
      trainedParameters: this.tensors.reduce((sum, { shape }) => sum + tf.util.sizeFromShape([...shape]), 0),
    };
  }

  /** Canonical names of the weights that it has whole. */
  get savedWeights(): readonly string[] {
    return this.#modules.saved.map(({ spec }) => spec.name);
  }

  /** The model's weights without the additions, as the base model has them. */
  get baseWeights(): readonly tf.LayerVariable[] {
    const own = new Set([...this.#kernels.values()].flatMap(({ dense }) => dense.lora!.weights));
    return this.#model.weights.filter((weight) => !own.has(weight));
  }

  /** The weights that the adapter leaves as they are. */
  get frozenWeights(): readonly tf.LayerVariable[] {
    const own = new Set(this.tensors.map(({ tfName }) => tfName));
    return this.#model.weights.filter(({ originalName }) => !own.has(originalName));
  }

  /** What the kernel of this name comes to; undefined where it has no addition. The tensor stays the adapter's. */
  mergedKernel(name: string): tf.Tensor2D | undefined {
    return this.#kernels.get(name)?.merged.read();
  }

  /** Bytes of kernels held for predictions. */
  get heldBytes(): number {
    return [...this.#kernels.values()].reduce((sum, { merged }) => sum + merged.bytes, 0);
  }

  /** The numbers of one of {@link tensors}. */
  async read({ tfName }: WeightSpec): Promise<Float32Array> {
    return (await this.#weights().get(tfName)!.read().data()) as Float32Array;
  }

  /** Gives the adapter's weights other values, by paths; they are taken over. */
  write(values: ReadonlyMap<string, tf.Tensor>): void {
    const weights = this.#weights();
    for (const [path, value] of values) {
      weights.get(path)!.write(value);
      value.dispose();
    }
  }

  /**
   * Refuses a model of which more is trained than the adapter saves.
   *
   * @throws {UsageError} naming the weight.
   */
  requireNothingElseTrained(): void {
    const stray = this.frozenWeights.find(({ trainable }) => trainable);
    if (stray === undefined) return;
    throw new UsageError(
      `An adapter holds its own weights alone, and ${stray.originalName} of the base model is trained too; name it in modulesToSave, or merge the adapter.`,
      { path: stray.originalName },
    );
  }

  /** Takes the adapter off; the model is what it was before. */
  remove(): void {
    for (const { dense } of this.#kernels.values()) dense.removeLora();
    const weights = this.#weights();
    for (const [name, original] of this.#originals) weights.get(name)!.write(original);
    this.#takeOff();
  }

  /** Makes the adapter part of the model's weights, which then predicts the same without it. */
  merge(): void {
    for (const { dense } of this.#kernels.values()) dense.mergeLora();
    this.#takeOff();
  }

  #takeOff(): void {
    this.dispose();
    for (const [layer, trainable] of this.#flags) layer.trainable = trainable;
  }

  /** Releases what is kept beside the model's weights. */
  dispose(): void {
    for (const { merged } of this.#kernels.values()) merged.dispose();
    tf.dispose([...this.#originals.values()]);
  }

  #layers(): readonly DebertaLayer[] {
    const outer = this.#model.layers.filter((layer): layer is DebertaLayer => layer instanceof DebertaLayer);
    return outer.flatMap((layer) => [layer, ...layer.descendants]);
  }

  #weights(): ReadonlyMap<string, tf.LayerVariable> {
    return new Map(this.#model.weights.map((weight) => [weight.originalName, weight]));
  }
}
