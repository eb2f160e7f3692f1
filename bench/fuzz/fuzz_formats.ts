import { join } from 'node:path';
import { CACHE } from '../cache';

const FIXTURES = join(__dirname, '..', '..', 'tests', 'fixtures', 'checkpoints');

/** Where the tfjs checkpoint lies that the fuzzer makes of {@link TFJS_SOURCE}. */
export const TFJS_FOLDER = join(CACHE, 'fuzz-tfjs');
export const TFJS_SOURCE = join(FIXTURES, 'safetensors');

/** A small checkpoint, and those of its files that are damaged. */
export interface FuzzFormat {
  readonly name: string;
  readonly checkpoints: ReadonlyArray<{ readonly folder: string; readonly files: readonly string[] }>;
}

const fixture = (name: string, ...files: string[]) => ({ folder: join(FIXTURES, name), files });

/** Every format that is read. */
export const FUZZ_FORMATS: readonly FuzzFormat[] = [
  { name: 'tfjs', checkpoints: [{ folder: TFJS_FOLDER, files: ['model.json', 'group1-shard1of1.bin'] }] },
  {
    name: 'safetensors',
    checkpoints: [
      fixture('safetensors', 'model.safetensors'),
      fixture('safetensors_sharded', 'model.safetensors.index.json', 'model-00002-of-00003.safetensors'),
    ],
  },
  { name: 'h5', checkpoints: [fixture('h5_model', 'tf_model.h5'), fixture('h5_sharded', 'tf_model.h5.index.json')] },
  {
    name: 'tf2',
    checkpoints: [fixture('tf2_model', 'tf_model.index', 'tf_model.data-00000-of-00001', 'checkpoint')],
  },
  {
    name: 'savedmodel',
    checkpoints: [fixture('savedmodel_sequence_classification', 'saved_model.pb', 'variables/variables.index')],
  },
  {
    name: 'bin',
    checkpoints: [fixture('bin_model', 'pytorch_model.bin'), fixture('bin_legacy_model', 'pytorch_model.bin')],
  },
  { name: 'original', checkpoints: [fixture('original_float16', 'pytorch_model.bin')] },
];
