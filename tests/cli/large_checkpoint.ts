import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import type { CheckpointFormat } from '../../src/convert/checkpoint_format';
import type { SourceFormat } from '../../src/convert/checkpoint_reader';
import { writeCheckpoint } from '../../src/convert/checkpoint_writer';
import { elementCount } from '../../src/convert/numbers/element_count';
import { weightSpecs } from '../../src/convert/weight_names';
import { torchZip } from '../convert/pytorch/torch_bytes';
import { dictionary, storage, tensor, text } from '../pickle/assemble';

/** One table of a million numbers among small weights. */
const config = new DebertaV2Config({
  vocabSize: 128_000,
  hiddenSize: 8,
  numHiddenLayers: 1,
  numAttentionHeads: 1,
  intermediateSize: 8,
  relativeAttention: true,
  positionBuckets: 4,
  shareAttKey: true,
  posAttType: 'p2c|c2p',
  positionBiasedInput: false,
});
const architecture = 'TFDebertaV2ForQuestionAnswering';
const specs = weightSpecs(config, architecture);

/** Writes a checkpoint of zeros of any format whose weights are far larger than all that describes them. */
export async function writeLargeCheckpoint(folder: string, format: SourceFormat): Promise<void> {
  await mkdir(folder);
  switch (format) {
    case 'bin':
    case 'original':
      return writePickle(folder, format);
    case 'savedmodel':
      await write(folder, 'tf2');
      await mkdir(join(folder, 'variables'));
      for (const ending of ['index', 'data-00000-of-00001']) {
        await copyFile(join(folder, `tf_model.${ending}`), join(folder, 'variables', `variables.${ending}`));
        await rm(join(folder, `tf_model.${ending}`));
      }
      return writeFile(join(folder, 'saved_model.pb'), '');
    default:
      return write(folder, format);
  }
}

const write = (folder: string, format: CheckpointFormat) =>
  writeCheckpoint(folder, { config, architecture, format }, specs, async function* ({ shape }) {
    yield new Float32Array(elementCount(shape));
  });

/** All weights as views of one storage. */
async function writePickle(folder: string, format: 'bin' | 'original'): Promise<void> {
  const count = Math.max(...specs.map(({ shape }) => elementCount(shape)));
  const items = specs.flatMap(({ name, pytorchShape }) => {
    const strides = pytorchShape.map((_, axis) => elementCount(pytorchShape.slice(axis + 1)));
    return [text(name), tensor(storage('0', 'FloatStorage', count), 0, pytorchShape, strides)];
  });
  const head = tensor(storage('0', 'FloatStorage', count), 0, [1], [1]);
  const mark = format === 'original' ? [text('mask_predictions.classifier.bias'), head] : [];
  const bytes = torchZip(dictionary(...items, ...mark), { '0': { data: new Uint8Array(4 * count), count } });
  await writeFile(join(folder, 'pytorch_model.bin'), bytes);
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config.toJSON(), architectures: [architecture] }));
}
