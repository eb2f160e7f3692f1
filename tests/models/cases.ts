import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../../src/models/multiple_choice';
import { TFDebertaV2ForQuestionAnswering } from '../../src/models/question_answering';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import type { NestedNumbers } from '../harness';

/** Where fixtures lie. */
export const FIXTURES = join(__dirname, '..', 'fixtures');

/** The heads by the names fixtures have for them. */
export const HEADS = {
  masked_lm: TFDebertaV2ForMaskedLM,
  sequence_classification: TFDebertaV2ForSequenceClassification,
  token_classification: TFDebertaV2ForTokenClassification,
  question_answering: TFDebertaV2ForQuestionAnswering,
  multiple_choice: TFDebertaV2ForMultipleChoice,
} as const;

/** Every model class by its own name. */
export const MODELS = Object.fromEntries(
  [TFDebertaV2Model, ...Object.values(HEADS), TFDebertaV2ForReplacedTokenDetection].map((modelClass) => [
    modelClass.className,
    modelClass,
  ]),
);

export type HeadName = keyof typeof HEADS;
export const HEAD_NAMES = Object.keys(HEADS) as HeadName[];

/** Integer inputs as fixtures hold them. */
export type FixtureInputs = Record<string, NestedNumbers>;

/** What the reference gives for one head. */
export interface HeadFixture {
  readonly inputs?: FixtureInputs;
  readonly labels?: NestedNumbers;
  readonly start_positions?: number[];
  readonly end_positions?: number[];
  readonly logits?: NestedNumbers;
  readonly start_logits?: number[][];
  readonly end_logits?: number[][];
  readonly loss: number;
}

/** One configuration run through the reference. */
export type ModelFixture = {
  readonly case: string;
  readonly about: string;
  readonly config: Record<string, unknown>;
  readonly inputs: FixtureInputs;
  readonly model: { last_hidden_state: number[][][]; hidden_states: number[][][][]; attentions: number[][][][][] };
} & { readonly [head in HeadName]?: HeadFixture };

/** Reads a fixture. */
export function readFixture<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(FIXTURES, ...path), 'utf8')) as T;
}

/** Every configuration with outputs of the reference. */
export const MODEL_FIXTURES = readdirSync(join(FIXTURES, 'models')).map((file) =>
  readFixture<ModelFixture>('models', file),
);

/** A configuration for a head: question answering always has two labels. */
export function configFor(json: Record<string, unknown>, head: HeadName | 'model'): DebertaV2Config {
  const config = DebertaV2Config.fromJSON(json);
  return head === 'question_answering' ? config.with({ numLabels: 2 }) : config;
}

/** int32 tensors of a fixture's inputs and labels, without its outputs. */
export function tensorsOf(inputs: FixtureInputs, head?: Omit<HeadFixture, 'loss'>): Record<string, tf.Tensor> {
  const { labels, start_positions, end_positions } = head ?? {};
  const given = Object.entries({ ...inputs, ...head?.inputs, labels, start_positions, end_positions });
  return Object.fromEntries(
    given.flatMap(([name, values]) => (values === undefined ? [] : [[name, tf.tensor(values, undefined, 'int32')]])),
  );
}
