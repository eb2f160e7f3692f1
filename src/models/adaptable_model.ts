import type * as tf from '@tensorflow/tfjs';
import { findModules } from '../adapters/adapter_modules';
import { LoraAdapter, type LoraAdapterParts, type LoraInfo } from '../adapters/lora_adapter';
import { type LoraOptions, loraNumbers } from '../adapters/lora_options';
import { readAdapter } from '../adapters/read_adapter';
import { type SaveAdapterOptions, writeAdapter } from '../adapters/write_adapter';
import { UsageError } from '../errors';
import { writeFilesAtomically } from '../files/atomic_write';
import type { SourceOptions } from '../sources/source_options';
import { TrainableModel } from './trainable_model';

/** The part of a model that takes an adapter: LoRA, in PEFT's files. */
export abstract class AdaptableModel extends TrainableModel {
  #adapter: LoraAdapter | undefined;
  #wasTrainable = true;

  /**
   * The adapter on the model, for the parts of this package that save and restore it; undefined without one.
   *
   * @internal
   */
  get adapter(): LoraAdapter | undefined {
    return this.#adapter;
  }

  /**
   * What the adapter on the model is like; undefined without one.
   *
   * @example
   * const { trainedParameters } = model.lora!;
   * console.log(`${trainedParameters} of ${model.numParameters()} numbers are trained`);
   */
  get lora(): LoraInfo | undefined {
    return this.#adapter?.info;
  }

  /**
   * Adds LoRA: beside the kernel of each target a product of two narrow matrices, which is trained in its place. The
   * rest of the model is frozen, but for `modulesToSave`, the head by default. At first the outputs are the same.
   *
   * `predict` and `exportSavedModel` run the kernels with what is added. {@link saveAdapter} writes the adapter alone,
   * {@link mergeLora} makes it part of the model. A compiled model must be compiled again.
   *
   * Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021); mirrors `LoraConfig` and `get_peft_model` of
   * PEFT, dropout on the input and the relative table included.
   *
   * @throws {UsageError} for an option out of range, a name that no part of the model has, and a model that has an
   *   adapter.
   *
   * @example
   * model.addLora({ rank: 8, alpha: 16, dropout: 0.05 });
   * model.compile({ optimizer: new AdamWeightDecay({ learningRate: 2e-4 }) });
   * await model.fit(batch, labels);
   * await model.saveAdapter('my-adapter');
   */
  addLora(options: LoraOptions = {}): void {
    this.#requireNone();
    const numbers = loraNumbers(options);
    const modules = findModules(this.config, this.architecture, options);
    const { targetModules, modulesToSave } = modules;
    this.#putOn({ modules, config: { ...numbers, targetModules, modulesToSave, isByNameAlone: true, json: {} } });
  }

  /**
   * Puts an adapter on the model that {@link saveAdapter} or PEFT wrote: `adapter_config.json` and
   * `adapter_model.safetensors` (or `.bin`, of old versions). It can be trained on, as after {@link addLora}.
   *
   * @param source a folder, a URL, or a repository of the Hugging Face hub.
   * @throws {CheckpointError} when there is none, it is damaged, for another model or task, or by a method or with
   *   options that are not supported; {@link UsageError} for a model that has an adapter. The model is as it was then.
   *
   * @example
   * const model = await TFDebertaV2ForSequenceClassification.fromPretrained('microsoft/deberta-v3-small', { numLabels: 3 });
   * await model.loadAdapter('my-adapter');
   */
  async loadAdapter(source: string, options: SourceOptions = {}): Promise<void> {
    this.#requireNone();
    this.#putOn(await readAdapter(source, this, options));
  }

  #requireNone(): void {
    if (this.#adapter === undefined) return;
    throw new UsageError(
      'A model takes one adapter at a time and has one already; merge it by mergeLora or take it off by removeLora.',
    );
  }

  #putOn(parts: LoraAdapterParts): void {
    this.#wasTrainable = this.trainable;
    // Layers that are frozen one by one are the adapter's to remember.
    if (!this.#wasTrainable) super.trainable = true;
    this.#adapter = new LoraAdapter(this, parts);
    this.requireNewCompile();
  }

  /**
   * Writes the adapter as PEFT does, `adapter_model.safetensors` and `adapter_config.json`, into a folder, which may hold
   * other files. `PeftModel.from_pretrained` reads it, with the PyTorch class of the same task.
   *
   * @throws {UsageError} without an adapter, and when weights of the base model are trained beside it;
   *   {@link OutputError} when the folder cannot be written; no half-written file stays.
   *
   * @example
   * await model.saveAdapter('my-adapter', { baseModel: 'microsoft/deberta-v3-small' });
   */
  saveAdapter(folder: string, options: SaveAdapterOptions = {}): Promise<void> {
    const adapter = this.#required('saveAdapter');
    return writeFilesAtomically(folder, (staging) => writeAdapter(staging, adapter, this.architecture, options));
  }

  /**
   * Makes the adapter part of the model's weights, `kernel + factor · A · B`, and takes it off: the same outputs, as an
   * ordinary model, trained and saved whole. What was frozen before {@link addLora} is so again.
   *
   * @throws {UsageError} without an adapter.
   */
  mergeLora(): void {
    this.#required('mergeLora').merge();
    this.#takenOff();
  }

  /**
   * Takes the adapter off and gives the base model back as it was before {@link addLora}, bit by bit, the parts that
   * were trained whole included.
   *
   * @throws {UsageError} without an adapter.
   */
  removeLora(): void {
    this.#required('removeLora').remove();
    this.#takenOff();
  }

  #takenOff(): void {
    this.#adapter = undefined;
    if (!this.#wasTrainable) this.trainable = false;
    this.requireNewCompile();
  }

  #required(method: string): LoraAdapter {
    if (this.#adapter !== undefined) return this.#adapter;
    throw new UsageError(
      `${method} needs an adapter on the model, and there is none; call addLora or loadAdapter first.`,
      {
        path: method,
      },
    );
  }

  /**
   * Refuses what cannot be done to a model with an adapter.
   *
   * @throws {UsageError} saying what to do first.
   */
  protected requireNoAdapter(what: string): void {
    if (this.#adapter === undefined) return;
    throw new UsageError(
      `${what} needs a model without an adapter, and this one has one; merge it by mergeLora or take it off by removeLora first.`,
      { path: what },
    );
  }

  override get trainable(): boolean {
    return super.trainable;
  }

  /** As Keras does; with an adapter, what is trained is the adapter. */
  override set trainable(trainable: boolean) {
    super.trainable = trainable;
    if (trainable) this.#adapter?.freezeBase();
  }

  override dispose(): ReturnType<tf.LayersModel['dispose']> {
    this.#adapter?.dispose();
    this.#adapter = undefined;
    return super.dispose();
  }
}
