import type { Architecture } from '../../src/config/architecture';
import type { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { CHECKPOINT_FORMATS, type CheckpointFormat } from '../../src/convert/checkpoint_format';
import type { CheckpointReader, TensorInfo } from '../../src/convert/checkpoint_reader';
import { type Checkpoint, openCheckpoint } from '../../src/convert/open_checkpoint';
import { type ConversionChoice, type ConversionPlan, planConversion } from '../../src/convert/plan_conversion';
import type { StorageType } from '../../src/convert/storage_type';
import { type WeightSpec, weightSpecs } from '../../src/convert/weight_names';
import { localFolder } from '../../src/sources/local_folder';
import { fixturePath, smallConfig } from './support';

const config = smallConfig.with({ convKernelSize: 3 });

/** A checkpoint whose weights nobody may read. */
function checkpoint(
  layout: CheckpointReader['layout'],
  architecture: Architecture = 'TFDebertaV2ForTokenClassification',
  changes: { readonly config?: DebertaV2Config; readonly add?: string; readonly leaveOut?: string } = {},
): Checkpoint {
  const names = (spec: WeightSpec) => (layout === 'tf' ? `${spec.tfName}:0` : spec.name);
  const shapes = (spec: WeightSpec) => (layout === 'tf' ? spec.shape : spec.pytorchShape);
  const rows = weightSpecs(config, architecture).map((spec): [string, TensorInfo] => [
    names(spec),
    { dtype: 'float16', shape: shapes(spec) },
  ]);
  const tensors = new Map(rows.filter(([name]) => name !== changes.leaveOut));
  if (changes.add !== undefined) tensors.set(changes.add, { dtype: 'float32', shape: [1] });
  const reader: CheckpointReader = {
    format: 'safetensors',
    layout,
    tensors,
    read: () => Promise.reject(new Error('A plan reads no weight.')),
    close: async () => undefined,
  };
  return {
    source: localFolder('somewhere'),
    config: changes.config ?? config,
    architecture,
    reader,
    close: reader.close,
  };
}

const rowOf = ({ rows }: ConversionPlan, pattern: RegExp) => rows.find(({ target }) => pattern.test(target))!;

describe('what happens to the axes', () => {
  // One row per case: layout of the source, format written, of a kernel, of a convolution, of a table.
  const cases: Array<[CheckpointReader['layout'], CheckpointFormat, kernel: string, convolution: string]> = [
    ['pytorch', 'tfjs', 'transpose', 'convolution'],
    ['pytorch', 'h5', 'transpose', 'convolution'],
    ['pytorch', 'tf2', 'transpose', 'convolution'],
    ['pytorch', 'safetensors', 'none', 'none'],
    ['tf', 'tfjs', 'none', 'none'],
    ['tf', 'h5', 'none', 'none'],
    ['tf', 'tf2', 'none', 'none'],
    ['tf', 'safetensors', 'transpose', 'convolution'],
  ];
  test.each(cases)('from the layout of %s to %s', (layout, format, kernel, convolution) => {
    const plan = planConversion(checkpoint(layout), { format });
    const isPytorch = format === 'safetensors';
    expect(rowOf(plan, /intermediate.dense.(kernel|weight)/)).toMatchObject({
      transform: kernel,
      shape: isPytorch ? [24, 16] : [16, 24],
    });
    expect(rowOf(plan, /conv.(kernel|weight)/)).toMatchObject({
      transform: convolution,
      shape: isPytorch ? [16, 16, 3] : [3, 16, 16],
    });
    expect(rowOf(plan, /rel_embeddings/)).toMatchObject({ transform: 'none', shape: [8, 16] });
    expect(plan.rows).toHaveLength(weightSpecs(config, 'TFDebertaV2ForTokenClassification').length);
  });
});

describe('names', () => {
  const query = 'deberta.encoder.layer.1.attention.self.query_proj.bias';
  const cases: Array<[CheckpointFormat, Architecture, target: string]> = [
    ['tfjs', 'TFDebertaV2Model', 'deberta/encoder/layer_._1/attention/self/query_proj/bias'],
    ['safetensors', 'TFDebertaV2Model', 'encoder.layer.1.attention.self.query_proj.bias'],
    ['safetensors', 'TFDebertaV2ForMaskedLM', query],
    ['h5', 'TFDebertaV2Model', 'tf_deberta_v2_model/deberta/encoder/layer_._1/attention/self/query_proj/bias:0'],
    ['tf2', 'TFDebertaV2Model', 'deberta/encoder/layer/1/attention/self/query_proj/bias'],
  ];
  test.each(cases)('in %s of a %s', (format, architecture, target) => {
    const { rows } = planConversion(checkpoint('pytorch', architecture), { format });
    expect(rows.find(({ source }) => source === query)!.target).toBe(target);
  });

  test('of the source are those in its files', async () => {
    const { reader, close, ...rest } = await openCheckpoint(fixturePath('tf2_masked_lm'));
    const { rows } = planConversion({ reader, close, ...rest }, {});
    await close();
    expect(rows.map(({ source }) => source).sort()).toEqual([...reader.tensors.keys()].sort());
    expect(rows.map(({ source }) => source)).toContain('mlm/predictions/bias');
  });
});

describe('number types', () => {
  const cases: Array<[CheckpointFormat, StorageType | undefined, matrix: string, bias: string]> = [
    ['tfjs', undefined, 'float32', 'float32'],
    ['tfjs', 'float16', 'float16', 'float16'],
    ['tfjs', 'uint16', 'uint16', 'float32'],
    ['tfjs', 'uint8', 'uint8', 'float32'],
    ['safetensors', 'bfloat16', 'bfloat16', 'bfloat16'],
  ];
  test.each(cases)('%s of %s', (format, dtype, matrix, bias) => {
    const plan = planConversion(checkpoint('pytorch'), { format, dtype });
    expect(plan.dtype).toBe(dtype ?? 'float32');
    expect(rowOf(plan, /rel_embeddings/)).toMatchObject({ from: 'float16', to: matrix });
    expect(rowOf(plan, /LayerNorm.(gamma|weight)/)).toMatchObject({ from: 'float16', to: bias });
  });

  test.each(CHECKPOINT_FORMATS)('%s has types that it cannot hold', (format) => {
    const dtype = format === 'tfjs' ? 'bfloat16' : 'uint8';
    expect(() => planConversion(checkpoint('pytorch'), { format, dtype })).toThrowDebertaError(
      'usage',
      new RegExp(`dtype must be float32.* for ${format}, received "${dtype}"`),
    );
  });
});

describe('the model', () => {
  test('is the one that is chosen, else the one that is named', () => {
    const masked = checkpoint('pytorch', 'TFDebertaV2ForMaskedLM');
    expect(planConversion(masked, {}).architecture).toBe('TFDebertaV2ForMaskedLM');
    expect(planConversion(masked, { architecture: 'TFDebertaV2Model' }).architecture).toBe('TFDebertaV2Model');
  });

  test('is told by its head, or not at all', () => {
    const unnamed = (architecture: Architecture): Checkpoint => ({
      ...checkpoint('tf', architecture),
      architecture: undefined,
    });
    expect(planConversion(unnamed('TFDebertaV2ForQuestionAnswering'), {}).architecture).toBe(
      'TFDebertaV2ForQuestionAnswering',
    );
    expect(() => planConversion(unnamed('TFDebertaV2Model'), {})).toThrowDebertaError(
      'usage',
      /Neither config\.json nor the weights in somewhere say which model this is; .*--task/,
    );
  });

  test('has the masked-LM head that the file holds', () => {
    const given = checkpoint('pytorch', 'TFDebertaV2ForMaskedLM', { config: config.with({ legacy: false }) });
    expect(planConversion(given, {}).config.legacy).toBe(true);
  });
});

describe('what does not fit', () => {
  const task = 'TFDebertaV2ForTokenClassification';
  const fiveLabels = { config: config.with({ numLabels: 5 }) };
  const cases: Array<[string, Parameters<typeof checkpoint>[2], ConversionChoice, RegExp]> = [
    [
      'a tensor too many, when it is strict',
      { add: 'extra.weight' },
      { strict: true },
      /strictly, received extra\.weight;/,
    ],
    ['a head that is not there', { leaveOut: 'classifier.bias' }, {}, /lacks the head weights classifier\.bias;/],
    [
      'an encoder weight that is not there',
      { leaveOut: 'deberta.encoder.LayerNorm.bias' },
      {},
      /lacks deberta\.encoder/,
    ],
    ['a head of another shape', fiveLabels, {}, /classifier\.weight must have shape \[5,16\]/],
    [
      'an encoder of another shape, mismatches allowed or not',
      { config: config.with({ intermediateSize: 25 }) },
      { ignoreMismatchedSizes: true },
      /intermediate\.dense\.weight must have shape \[25,16\] .* only weights of a head may be left out/,
    ],
  ];
  test.each(cases)('%s is refused', (_name, changes, choice, message) => {
    expect(() => planConversion(checkpoint('pytorch', task, changes), choice)).toThrowDebertaError(
      'checkpoint',
      message,
    );
  });

  test('a tensor too many is listed otherwise', () => {
    const { info } = planConversion(checkpoint('pytorch', task, { add: 'extra.weight' }), {});
    expect(info.unexpectedKeys).toEqual(['extra.weight']);
  });

  test('harmless leftovers are no reason to be strict', () => {
    const leftover = checkpoint('pytorch', task, { add: 'deberta.embeddings.position_ids' });
    expect(planConversion(leftover, { strict: true }).info.unexpectedKeys).toEqual([]);
  });

  test('a head of another shape is left out when that is allowed', () => {
    const { rows, info } = planConversion(checkpoint('pytorch', task, fiveLabels), { ignoreMismatchedSizes: true });
    expect(rows.filter(({ target }) => target.startsWith('classifier'))).toEqual([]);
    expect(info.mismatchedKeys.map(({ name }) => name)).toEqual(['classifier.weight', 'classifier.bias']);
  });
});
