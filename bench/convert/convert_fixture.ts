import { join } from 'node:path';
import { CACHE } from '../cache';
import { XSMALL } from '../published_shapes';

/** A checkpoint folder of one format. */
export interface CheckpointFixture {
  readonly folder: string;
  readonly format: 'h5' | 'safetensors' | 'tf2' | 'bin';
  /** The file with the numbers. */
  readonly file: string;
}

/** Size of the weights as float32. */
export const WEIGHT_BYTES = 4 * XSMALL.parameters;

const fixture = (format: CheckpointFixture['format'], file: string): CheckpointFixture => ({
  folder: join(CACHE, `v3-xsmall-${format}`),
  format,
  file,
});

/** Checkpoints of the shape of deberta-v3-xsmall, one a format; `make_convert_fixtures.ts` writes them. */
export const CONVERT_FIXTURES: readonly CheckpointFixture[] = [
  fixture('h5', 'tf_model.h5'),
  fixture('safetensors', 'model.safetensors'),
  fixture('tf2', 'tf_model.data-00000-of-00001'),
];

/** The same as a pickle, which only PyTorch writes; `make_pickle.py` makes it of the safetensors. */
export const PICKLE_FIXTURE: CheckpointFixture = fixture('bin', 'pytorch_model.bin');
