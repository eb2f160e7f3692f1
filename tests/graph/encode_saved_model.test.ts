import { SavedModel } from '@tensorflow/tfjs-node-gpu/dist/proto/api_pb';
import { encodeSavedModel } from '../../src/graph/encode_saved_model';
import type { AttrValue, GraphDef } from '../../src/graph/graph_def';
import { variableSaver } from '../../src/graph/variable_saver';
import { exampleModel } from './example_model';

/** What tfjs-node's own reader of the format finds in the only meta graph. */
function decode(bytes: Uint8Array) {
  const model = SavedModel.deserializeBinary(bytes).toObject() as {
    savedModelSchemaVersion: number;
    metaGraphsList: object[];
  };
  expect(model.savedModelSchemaVersion).toBe(1);
  expect(model.metaGraphsList).toHaveLength(1);
  return model.metaGraphsList[0]!;
}

function graphOf(attributes: Record<string, AttrValue>): GraphDef {
  return { nodes: [{ name: 'n', op: 'Op', inputs: ['a', 'b:1', '^c'], attributes }], functions: [] };
}

describe('encodeSavedModel', () => {
  test('is tagged for serving and says which version of the format it is', () => {
    expect(decode(encodeSavedModel({ nodes: [], functions: [] }, {}))).toMatchObject({
      metaInfoDef: { tagsList: ['serve'] },
      graphDef: { nodeList: [], versions: { producer: 1087, minConsumer: 12 } },
      signatureDefMap: [],
    });
  });

  test('holds nodes with their inputs', () => {
    expect(decode(encodeSavedModel(graphOf({}), {}))).toMatchObject({
      graphDef: { nodeList: [{ name: 'n', op: 'Op', inputList: ['a', 'b:1', '^c'] }] },
    });
  });

  test.each<[what: string, value: AttrValue, expected: object]>([
    ['a type', { type: 'resource' }, { type: 20 }],
    ['types', { types: ['float', 'int32', 'string', 'int64', 'bool'] }, { list: { typeList: [1, 3, 7, 9, 10] } }],
    [
      'a shape',
      { shape: [-1, 0, 3] },
      { shape: { dimList: [{ size: -1 }, { size: 0 }, { size: 3 }], unknownRank: false } },
    ],
    ['the shape of a scalar', { shape: [] }, { shape: { dimList: [], unknownRank: false } }],
    ['a function', { func: 'f' }, { func: { name: 'f' } }],
    ['an integer', { int: -2 }, { i: -2 }],
    ['a float', { float: 0.5 }, { f: 0.5 }],
    ['a truth value', { bool: true }, { b: true }],
    ['text', { text: 'grün' }, { s: Buffer.from('grün').toString('base64') }],
    [
      'floats',
      { tensor: { dtype: 'float', shape: [2], values: Float32Array.of(0, 1, 2).subarray(1) } },
      { tensor: { dtype: 1, tensorShape: { dimList: [{ size: 2 }] }, tensorContent: base64(Float32Array.of(1, 2)) } },
    ],
    [
      'an integer tensor',
      { tensor: { dtype: 'int32', shape: [], values: Int32Array.of(-7) } },
      { tensor: { dtype: 3, tensorShape: { dimList: [] }, tensorContent: base64(Int32Array.of(-7)) } },
    ],
    [
      'texts',
      { tensor: { dtype: 'string', shape: [2], values: ['p', ''] } },
      { tensor: { dtype: 7, stringValList: [Buffer.from('p').toString('base64'), ''] } },
    ],
  ])('holds %s as attribute', (_what, value, expected) => {
    expect(decode(encodeSavedModel(graphOf({ T: value }), {}))).toMatchObject({
      graphDef: { nodeList: [{ attrMap: [['T', expected]] }] },
    });
  });

  test('holds signatures and functions', () => {
    expect(decode(encodeSavedModel(exampleModel.graph, exampleModel.signatures))).toMatchObject({
      signatureDefMap: [
        [
          'serving_default',
          {
            inputsMap: [['x', { name: 'x:0', dtype: 3, tensorShape: { dimList: [{ size: -1 }, { size: 2 }] } }]],
            outputsMap: [['y', { name: 'y:0', dtype: 1, tensorShape: { dimList: [{ size: -1 }, { size: 3 }] } }]],
            methodName: 'tensorflow/serving/predict',
          },
        ],
      ],
      graphDef: {
        library: {
          functionList: [
            {
              signature: {
                name: 'shift',
                inputArgList: [
                  { name: 'product', type: 1 },
                  { name: 'bias', type: 1 },
                ],
                outputArgList: [{ name: 'out', type: 1 }],
              },
              nodeDefList: [{ op: 'AddV2', inputList: ['product', 'bias'] }, { op: 'Relu' }],
              retMap: [['out', 'Relu_1:activations:0']],
            },
          ],
        },
      },
    });
  });

  test('says how variables are saved and restored, and which there are', () => {
    const { parts } = variableSaver(exampleModel.variables!);
    const model = decode(encodeSavedModel(exampleModel.graph, {}, parts)) as { collectionDefMap: [string, object][] };
    expect(model).toMatchObject({
      saverDef: {
        filenameTensorName: 'save/Const:0',
        saveTensorName: 'save/control_dependency:0',
        restoreOpName: 'save/restore_all',
        version: 2,
      },
    });
    expect(model.collectionDefMap.map(([name]) => name).sort()).toEqual(['variables']);
    for (const [, collection] of model.collectionDefMap) {
      expect(collection).toMatchObject({ bytesList: { valueList: [expect.any(String), expect.any(String)] } });
    }
  });
});

function base64({ buffer }: Float32Array | Int32Array): string {
  return Buffer.from(buffer).toString('base64');
}
