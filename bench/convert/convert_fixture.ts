import { join } from 'node:path';
import { CACHE } from '../cache';

/** A checkpoint folder with one weights file. */
export interface CheckpointFixture {
  readonly folder: string;
  readonly format: 'h5' | 'safetensors';
  readonly file: string;
  /** Size of the weights as float32. */
  readonly weightBytes: number;
}

/** Parameters of the bare deberta-v3-xsmall. */
export const PARAMETERS = 70_682_112;

/** Checkpoints of the shape of deberta-v3-xsmall, one a format; `make_convert_fixtures.ts` writes them. */
export const CONVERT_FIXTURES: readonly CheckpointFixture[] = [
  { folder: join(CACHE, 'v3-xsmall-h5'), format: 'h5', file: 'tf_model.h5', weightBytes: 4 * PARAMETERS },
  {
    folder: join(CACHE, 'v3-xsmall-safetensors'),
    format: 'safetensors',
    file: 'model.safetensors',
    weightBytes: 4 * PARAMETERS,
  },
];
