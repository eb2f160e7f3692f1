import * as tf from '@tensorflow/tfjs';
import { REGISTRY_PACKAGE } from '../layers/register';
import { TFDebertaV2Model } from './deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from './masked_lm';
import { TFDebertaV2ForMultipleChoice } from './multiple_choice';
import { TFDebertaV2ForQuestionAnswering } from './question_answering';
import { TFDebertaV2ForReplacedTokenDetection } from './replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from './sequence_classification';
import { TFDebertaV2ForTokenClassification } from './token_classification';

// Importing this file makes saved models loadable by tf.loadLayersModel, as objects of these classes.
for (const model of [
  TFDebertaV2Model,
  TFDebertaV2ForMaskedLM,
  TFDebertaV2ForMultipleChoice,
  TFDebertaV2ForQuestionAnswering,
  TFDebertaV2ForReplacedTokenDetection,
  TFDebertaV2ForSequenceClassification,
  TFDebertaV2ForTokenClassification,
]) {
  // tfjs rebuilds a model from its saved configuration through fromConfig, not through the constructor.
  tf.serialization.registerClass(
    model as unknown as tf.serialization.SerializableConstructor<tf.LayersModel>,
    REGISTRY_PACKAGE,
  );
}
