import * as tf from '@tensorflow/tfjs';
import { buildWithWeights, DebertaLayer, firstInput, firstShape, type LayerArgs } from '../../src/layers/deberta_layer';
import { RandomStream } from '../../src/ops/random_stream';
import { eachBackend } from '../harness';

/** A layer with a table of `rows` rows and a cache. */
class Leaf extends DebertaLayer<{ rows: number; activation?: string | undefined }> {
  static className = 'TestLeaf';
  released = 0;
  #table!: tf.LayerVariable;

  constructor(args: { rows: number; activation?: string } & LayerArgs) {
    super(args, ['rows', 'activation']);
  }

  protected override createWeights(): void {
    this.#table = this.makeWeight('table', [this.options.rows, 2], this.truncatedNormal(1));
  }

  protected override releaseCaches(): void {
    this.released++;
  }

  get table(): tf.LayerVariable {
    return this.#table;
  }

  resize(rows: number): void {
    this.#table = this.replaceWeight(this.#table, rows, tf.initializers.ones());
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(firstInput(inputs), tf.sum(this.#table.read()));
  }
}

/** Two leaves, the second one transparent. */
class Branch extends DebertaLayer {
  static className = 'TestBranch';
  readonly first: Leaf;
  readonly second: Leaf;

  constructor(args: LayerArgs) {
    super(args, []);
    this.first = this.addLayer(new Leaf({ name: 'first', rows: 3 }));
    this.second = this.addLayer(new Leaf({ name: 'second', rows: 2 }), { transparent: true });
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.second.call(this.first.call(inputs)));
  }
}

/** A layer around a branch. */
class Trunk extends DebertaLayer {
  static className = 'TestTrunk';
  readonly branch: Branch;

  constructor(args: LayerArgs) {
    super(args, []);
    this.branch = this.addLayer(new Branch({ name: 'branch/inner' }));
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.branch.call(inputs);
  }
}

function trunk(args: LayerArgs = {}): Trunk {
  const layer = new Trunk({ name: 'trunk', seeds: new RandomStream(1), ...args });
  runOnOnes(layer).dispose();
  return layer;
}

function runOnOnes(layer: DebertaLayer): tf.Tensor {
  return tf.tidy(() => layer.apply(tf.ones([1, 2])) as tf.Tensor);
}

const pathsOf = (weights: tf.LayerVariable[]) => weights.map(({ originalName }) => originalName);
const FIRST = 'trunk/branch/inner/first/table';
const SECOND = 'trunk/branch/inner/table';

eachBackend('DebertaLayer', () => {
  afterEach(() => tf.disposeVariables());

  describe('paths', () => {
    test('weights are named after all layers around them, those of transparent layers after one less', () => {
      expect(pathsOf(trunk().weights)).toEqual([FIRST, SECOND]);
    });

    test('other layers of the same names in the process do not change them', () => {
      trunk();
      expect(pathsOf(trunk().weights)).toEqual([FIRST, SECOND]);
    });

    test('a layer without name has the one tfjs gives it', () => {
      expect(new Trunk({}).path).toMatch(/^test_trunk_/);
    });
  });

  describe('freezing', () => {
    test.each([
      ['the outermost layer', (layer: Trunk) => layer, [FIRST, SECOND]],
      ['a layer in between', (layer: Trunk) => layer.branch, [FIRST, SECOND]],
      ['an innermost layer', (layer: Trunk) => layer.branch.first, [FIRST]],
    ])('%s freezes the weights in it', (_name, which, frozen) => {
      const layer = trunk();
      const kept = [FIRST, SECOND].filter((path) => !frozen.includes(path));
      which(layer).trainable = false;
      expect(pathsOf(layer.trainableWeights)).toEqual(kept);
      expect(pathsOf(layer.nonTrainableWeights)).toEqual(frozen);
      expect(pathsOf(layer.weights)).toEqual([...kept, ...frozen]);
      const factor = tf.variable(tf.scalar(2));
      const { grads } = tf.variableGrads(() => tf.sum(tf.mul(runOnOnes(layer), factor)) as tf.Scalar);
      expect(Object.keys(grads)).toHaveLength(kept.length + 1);
    });

    test('a layer made frozen has frozen layers in it', () => {
      const layer = trunk({ trainable: false });
      expect(layer.branch.first.trainable).toBe(false);
      expect(layer.trainableWeights).toEqual([]);
      expect(layer.weights.map(({ trainable }) => trainable)).toEqual([false, false]);
      layer.trainable = true;
      expect(pathsOf(layer.trainableWeights)).toEqual([FIRST, SECOND]);
    });
  });

  describe('buildWithWeights', () => {
    const shapes = { [FIRST]: [3, 2], [SECOND]: [2, 2] };

    test('asks for every weight once, by path and shape, and takes the tensors over', () => {
      const asked: Array<[string, number[]]> = [];
      const before = tf.memory().numTensors;
      const layer = buildWithWeights(
        (path, shape) => {
          asked.push([path, shape]);
          return tf.fill(shape, 7);
        },
        () => trunk(),
      );
      expect(asked).toEqual(Object.entries(shapes));
      expect(tf.memory().numTensors).toBe(before + 2);
      for (const weight of layer.weights)
        expect(weight.read()).toBeCloseToTensor(tf.fill(weight.shape as number[], 7), 0);
    });

    test('a weight the provider does not know starts as it would have', () => {
      const layer = buildWithWeights(
        (path, shape) => (path === FIRST ? tf.zeros(shape) : undefined),
        () => trunk(),
      );
      expect(layer.branch.first.table.read()).toBeCloseToTensor(tf.zeros([3, 2]), 0);
      expect(layer.branch.second.table.read()).toBeCloseToTensor(trunk().branch.second.table.read(), 0);
    });

    test('its provider does not outlive it, whether it ends well or not', () => {
      const outer = () => tf.zeros([2, 2]);
      const inner = () => tf.ones([2, 2]);
      const leaf = () => {
        const layer = new Leaf({ rows: 2 });
        layer.build();
        return layer.table.read();
      };
      buildWithWeights(outer, () => {
        expect(buildWithWeights(inner, leaf)).toBeCloseToTensor(tf.ones([2, 2]), 0);
        const failed = () =>
          buildWithWeights(inner, () => {
            throw new Error('failed');
          });
        expect(failed).toThrow('failed');
        expect(leaf()).toBeCloseToTensor(tf.zeros([2, 2]), 0);
      });
      expect(leaf()).not.toBeCloseToTensor(tf.zeros([2, 2]));
    });
  });

  describe('replaceWeight', () => {
    test.each([
      ['grows: old rows stay, new ones are initialized', 5],
      ['shrinks: rows are cut off at the end', 1],
      ['stays as it is', 3],
    ])('%s', (_name, rows) => {
      const layer = trunk();
      const { first } = layer.branch;
      const before = tf.memory();
      const old = first.table.read().arraySync() as number[][];
      first.resize(rows);
      const expected = Array.from({ length: rows }, (_, row) => old[row] ?? [1, 1]);
      expect(first.table.read()).toBeCloseToTensor(expected, 0);
      expect(pathsOf(layer.weights)).toEqual([FIRST, SECOND]);
      expect(layer.weights[0]).toBe(first.table);
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    });

    test('a frozen weight stays frozen', () => {
      const { first } = trunk({ trainable: false }).branch;
      first.resize(4);
      expect((first.table.read() as tf.Variable).trainable).toBe(false);
    });
  });

  describe('seeds', () => {
    const valuesOf = (layer: DebertaLayer) => layer.weights.map((weight) => [...weight.read().dataSync()]);

    test('one stream serves all layers within a layer, so that a seed fixes every initial weight', () => {
      const seeds = new RandomStream(3);
      const layer = trunk({ seeds });
      expect(layer.branch.second.seeds).toBe(seeds);
      expect(valuesOf(layer)).toEqual(valuesOf(trunk({ seeds: new RandomStream(3) })));
      expect(valuesOf(layer)).not.toEqual(valuesOf(trunk({ seeds: new RandomStream(4) })));
    });

    test('without a stream given, layers differ', () => {
      const made = [0, 1].map(() => {
        const layer = new Leaf({ rows: 3 });
        layer.build();
        return layer;
      });
      expect(valuesOf(made[0]!)).not.toEqual(valuesOf(made[1]!));
    });
  });

  describe('configuration', () => {
    test('getConfig holds the options beside Keras’ own', () => {
      expect(new Leaf({ name: 'leaf', rows: 3, trainable: false }).getConfig()).toEqual({
        name: 'leaf',
        trainable: false,
        rows: 3,
        activation: undefined,
      });
    });

    test.each([
      ['gelu', 'gelu'],
      ['geluNew', 'gelu_new'],
      ['gelu10', 'gelu_10'],
      ['quickGelu', 'quick_gelu'],
      ['gelu_new', 'gelu_new'],
      [null, undefined],
    ])('fromConfig reads the activation %s as %s', (written, read) => {
      const restored = Leaf.fromConfig(Leaf, { name: 'geluNew', rows: 3, activation: written }) as Leaf;
      expect(restored.options).toEqual({ rows: 3, activation: read });
      expect(restored.name).toBe('geluNew');
    });
  });

  test('building twice makes the weights once', () => {
    const layer = trunk();
    layer.build();
    expect(layer.weights).toHaveLength(2);
  });

  test('dispose releases weights and caches of all layers in it', () => {
    const before = tf.memory().numTensors;
    const layer = trunk();
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect([layer.branch.first.released, layer.branch.second.released]).toEqual([1, 1]);
  });
});

test('firstInput and firstShape take one or the first of several', () => {
  const x = tf.zeros([2, 3]);
  expect(firstInput(x)).toBe(x);
  expect(firstInput([x, tf.zeros([1])])).toBe(x);
  expect(firstShape([2, 3])).toEqual([2, 3]);
  expect(firstShape([null, 3])).toEqual([null, 3]);
  expect(firstShape([[null, 3], [4]])).toEqual([null, 3]);
});
