import type { Architecture } from '../config/architecture';
import { TFDebertaV2Model } from '../models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../models/multiple_choice';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import { TFDebertaV2ForQuestionAnswering } from '../models/question_answering';
import { TFDebertaV2ForReplacedTokenDetection } from '../models/replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from '../models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../models/token_classification';

type LoadableClass = ModelClass<TFDebertaV2PreTrainedModel> & Pick<typeof TFDebertaV2PreTrainedModel, 'fromPretrained'>;

/** The class of each architecture. */
export const MODEL_CLASSES: Readonly<Record<Architecture, LoadableClass>> = {
  TFDebertaV2Model,
  TFDebertaV2ForMaskedLM,
  TFDebertaV2ForSequenceClassification,
  TFDebertaV2ForTokenClassification,
  TFDebertaV2ForQuestionAnswering,
  TFDebertaV2ForMultipleChoice,
  TFDebertaV2ForReplacedTokenDetection,
};
