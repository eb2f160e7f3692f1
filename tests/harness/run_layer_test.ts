import * as tf from '@tensorflow/tfjs';
import '../../src/layers/register';
import type { DebertaLayer, LayerArgs } from '../../src/layers/deberta_layer';
import { Dropout } from '../../src/layers/dropout';
import { RandomStream } from '../../src/ops/random_stream';
import { randomTensor } from './random_tensor';
import { randomizeWeights } from './randomize_weights';

/** What {@link runLayerTest} needs to know about a layer. */
export interface LayerTest<Options extends object> {
  /** Makes the layer. */
  readonly layer: (args: Options & LayerArgs) => DebertaLayer;
  /** Its options, dropout rates above 0. */
  readonly options: Options;
  /** Positional inputs, as Keras hands them over; weights are drawn so that none of them is without effect. */
  readonly inputs: () => tf.Tensor[];
  readonly outputShape: readonly number[];
  /** Shapes of its weights in their order, by their paths below the layer's own. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** Paths of the dropouts in it. */
  readonly dropouts?: readonly string[];
  /** Weights whose gradient is 0 in theory, as that of a bias that moves all scores of a softmax alike. */
  readonly idle?: readonly string[];
  /** Whether the options alone make the layer, so that a saved model may hold it; true by default. */
  readonly savable?: boolean;
}

const NAME = 'tested';
const LEARNING_RATE = 0.1;

/**
 * Declares the tests every layer has to pass on the current backend: shapes, weights, freezing, gradients, a training
 * step, saving and loading, dropout, and no tensor left behind.
 *
 * @example
 * eachBackend('Dense', () => {
 *   runLayerTest({
 *     layer: (args) => new Dense(args),
 *     options: { inputSize: 3, units: 2, initializerRange: 0.02 },
 *     inputs: () => [randomTensor([2, 3])],
 *     outputShape: [2, 2],
 *     weights: { kernel: [3, 2], bias: [2] },
 *   });
 * });
 */
export function runLayerTest<Options extends object>(layerTest: LayerTest<Options>): void {
  const { options, outputShape, weights = {}, dropouts = [], idle = [], savable = true } = layerTest;

  function make(): DebertaLayer {
    const layer = layerTest.layer({ ...options, name: NAME, seeds: new RandomStream(7) });
    // Building alone would do, but tfjs refuses to dispose of a layer that was never applied.
    runOn(layer, inputs).dispose();
    randomizeWeights(layer);
    return layer;
  }

  function runOn(layer: DebertaLayer, inputs: tf.Tensor[], training = false): tf.Tensor {
    return layer.apply(inputs, { training }) as tf.Tensor;
  }

  /** A number that depends on every element of the output in its own way. */
  function contract(output: tf.Tensor): tf.Scalar {
    return tf.sum(tf.mul(output, randomTensor(output.shape, 97)));
  }

  let inputs: tf.Tensor[];
  beforeEach(() => {
    inputs = layerTest.inputs();
  });
  afterEach(() => {
    tf.dispose(inputs);
    tf.disposeVariables();
  });

  test('apply gives the shape that computeOutputShape and symbolic inputs promise', () => {
    const layer = make();
    expect(runOn(layer, inputs).shape).toEqual(outputShape);
    const symbols = inputs.map(({ shape, dtype }) => tf.input({ shape: shape.slice(1), dtype }));
    const symbolic = (layer.apply(symbols) as tf.SymbolicTensor).shape;
    expectToBePromise(symbolic, outputShape);
    expect(layer.computeOutputShape(symbols.map(({ shape }) => shape))).toEqual(symbolic);
    expectToBePromise(layer.computeOutputShape(inputs.map(({ shape }) => shape)) as tf.Shape, outputShape);
  });

  test('weights have their paths, shapes and order', () => {
    const layer = make();
    const found = layer.weights.map(({ originalName, shape }) => [originalName, shape]);
    expect(found).toEqual(Object.entries(weights).map(([path, shape]) => [`${layer.path}/${path}`, shape]));
    expect(layer.countParams()).toBe(layer.weights.reduce((sum, weight) => sum + weight.read().size, 0));
  });

  test('applying it creates its output alone, and dispose releases everything it holds', () => {
    const before = tf.memory();
    const layer = make();
    expect(() => runOn(layer, inputs)).toCreateTensors(1);
    expect(() => runOn(layer, inputs, true)).toCreateTensors(1);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  if (savable) {
    test('a saved model gives it back with its options and weights', async () => {
      const layer = make();
      const symbols = inputs.map(({ shape, dtype }) => tf.input({ shape: shape.slice(1), dtype }));
      const loaded = await savedAndLoaded(
        tf.model({ inputs: symbols, outputs: layer.apply(symbols) as tf.SymbolicTensor }),
      );
      const restored = loaded.getLayer(layer.name);
      expect(restored).toBeInstanceOf(layer.constructor);
      expect(restored.getConfig()).toEqual(layer.getConfig());
      expect(restored.weights.map(({ originalName }) => originalName)).toEqual(
        layer.weights.map(({ originalName }) => originalName),
      );
      expect(loaded.apply(inputs) as tf.Tensor).toBeCloseToTensor(runOn(layer, inputs), 0);
    });
  }

  if (Object.keys(weights).length > 0) {
    test('freezing leaves no weight to train, for fit and for tf.variableGrads, and is undone', () => {
      const layer = make();
      const all = layer.weights;
      for (const trainable of [false, true]) {
        layer.trainable = trainable;
        expect(layer.trainableWeights).toEqual(trainable ? all : []);
        expect(layer.nonTrainableWeights).toEqual(trainable ? [] : all);
        expect(layer.weights).toEqual(all);
        expect(all.map((weight) => variableOf(weight).trainable)).toEqual(all.map(() => trainable));
      }
    });

    test('every weight has a finite gradient and is changed by a training step', () => {
      const layer = make();
      const variables = layer.trainableWeights.map(variableOf);
      const before = variables.map((variable) => variable.dataSync().slice());
      const loss = () => contract(runOn(layer, inputs, false));
      const { grads } = tf.variableGrads(loss, variables);
      tf.train.sgd(LEARNING_RATE).minimize(loss, false, variables);
      for (const [index, path] of Object.keys(weights).entries()) {
        const variable = variables[index]!;
        const gradient = grads[variable.name];
        expect([path, gradient?.shape]).toEqual([path, variable.shape]);
        expect([path, gradient!.dataSync().every(Number.isFinite)]).toEqual([path, true]);
        const changed = !tf.util.arraysEqual(variable.dataSync(), before[index]!);
        if (!idle.includes(path)) expect([path, changed]).toEqual([path, true]);
      }
    });
  }

  test('training reaches every dropout, and inference none', () => {
    const layer = make();
    expect(dropoutsRun(layer, (training) => runOn(layer, inputs, training), true)).toEqual([...dropouts].sort());
    expect(dropoutsRun(layer, (training) => runOn(layer, inputs, training), false)).toEqual([]);
  });

  test('inference is the same every time; training draws new numbers only where there is dropout', () => {
    const layer = make();
    const inference = runOn(layer, inputs);
    expect(runOn(layer, inputs)).toBeCloseToTensor(inference, 0);
    const training = runOn(layer, inputs, true);
    if (dropouts.length === 0) expect(training).toBeCloseToTensor(inference, 0);
    else {
      expect(training).not.toBeCloseToTensor(inference);
      expect(runOn(layer, inputs, true)).not.toBeCloseToTensor(training);
    }
  });

  if (dropouts.length > 0) {
    test.each(dropouts)('dropout %s alone makes training differ from inference', (path) => {
      const layer = make();
      const sites = new Map<string, Dropout>();
      dropoutsRun(
        layer,
        (training) => runOn(layer, inputs, training),
        true,
        (site) => sites.set(site.path, site),
      );
      for (const site of sites.values()) {
        Object.assign(site.options, { rate: site.path === pathBelow(layer, path) ? 0.5 : 0 });
      }
      expect(runOn(layer, inputs, true)).not.toBeCloseToTensor(runOn(layer, inputs));
    });
  }
}

/** Paths below the layer's of the dropouts that were told to train in a run, in alphabetical order. */
function dropoutsRun(
  layer: DebertaLayer,
  run: (training: boolean) => tf.Tensor,
  training: boolean,
  visit: (site: Dropout) => void = () => {},
): string[] {
  const spy = jest.spyOn(Dropout.prototype, 'forward');
  run(training).dispose();
  const sites = spy.mock.contexts as Dropout[];
  const trained = sites.filter((_, call) => spy.mock.calls[call]![1] === true);
  spy.mockRestore();
  sites.forEach(visit);
  return trained.map(({ path }) => (path === layer.path ? '' : path.slice(layer.path.length + 1))).sort();
}

function pathBelow(layer: DebertaLayer, path: string): string {
  return path === '' ? layer.path : `${layer.path}/${path}`;
}

/** A shape with unknown axes must agree with the one that came out. */
function expectToBePromise(promised: tf.Shape, shape: readonly number[]): void {
  expect(promised.map((size, axis) => size ?? shape[axis])).toEqual(shape);
}

function variableOf(weight: tf.LayerVariable): tf.Variable {
  return weight.read() as tf.Variable;
}

/** What comes back of a model from its JSON and weights. */
async function savedAndLoaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return tf.loadLayersModel(tf.io.fromMemory(saved!));
}
