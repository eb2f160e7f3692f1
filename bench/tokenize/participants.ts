import { join } from 'node:path';
import { LineProcess } from '../line_process';
import type { VocabularyFormat } from './vocabularies';

/** A tokenizer that takes part. */
export interface ParticipantSpec {
  readonly name: string;
  /** File in this folder. */
  readonly file: string;
  readonly arguments: readonly string[];
  /** Format of the vocabulary that it reads. */
  readonly format: VocabularyFormat;
}

/** This package as it is by default, whose ids all others are compared with. */
export const OURS: ParticipantSpec = {
  name: 'tfjs-deberta-v2',
  file: 'tfjs_participant.ts',
  arguments: ['slow'],
  format: 'spm.model',
};

/** The one that all speeds are compared with. */
export const RUST: ParticipantSpec = {
  name: 'tokenizers',
  file: 'rust_participant.ts',
  arguments: [],
  format: 'tokenizer.json',
};

/** All participants. */
export const PARTICIPANTS: readonly ParticipantSpec[] = [
  RUST,
  OURS,
  {
    name: "tfjs-deberta-v2, algorithm 'fast'",
    file: 'tfjs_participant.ts',
    arguments: ['fast'],
    format: 'tokenizer.json',
  },
  { name: '@huggingface/tokenizers', file: 'javascript_participant.ts', arguments: [], format: 'tokenizer.json' },
  { name: 'sentencepiece-js', file: 'sentencepiece_js_participant.ts', arguments: [], format: 'spm.model' },
];

/** Starts the process of a participant, with one thread for its work. */
export function startParticipant(spec: ParticipantSpec): LineProcess {
  return new LineProcess({
    ...spec,
    path: join(__dirname, spec.file),
    environment: { TOKENIZERS_PARALLELISM: 'false', RAYON_NUM_THREADS: '1' },
  });
}
