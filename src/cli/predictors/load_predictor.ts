import { UsageError } from '../../errors';
import { TFDebertaV2ForMaskedLM } from '../../models/masked_lm';
import type { FromPretrainedOptions } from '../../models/model_options';
import { TFDebertaV2ForQuestionAnswering } from '../../models/question_answering';
import { TFDebertaV2ForReplacedTokenDetection } from '../../models/replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from '../../models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../models/token_classification';
import type { CheckpointSummary } from '../checkpoint_summary';
import { requireTrainedHead } from '../require_trained_head';
import { answerQuestions } from './answer_questions';
import { classifySequences } from './classify_sequences';
import { classifyTokens } from './classify_tokens';
import { detectReplacements } from './detect_replacements';
import { fillMasks } from './fill_masks';
import type { Predictor, PredictorSettings } from './predictor';

type Load = (source: string, settings: PredictorSettings, options: FromPretrainedOptions) => Promise<Predictor>;

/**
 * Chooses how to load a predictor by what a checkpoint holds.
 *
 * @param source as given by the user, for messages.
 * @throws {UsageError} when the model has no head, or one whose input is not a text.
 * @throws {CheckpointError} when weights of the head are missing: a fresh head would predict noise.
 */
export function predictorFor(source: string, { architecture, info }: CheckpointSummary): Load {
  requireTrainedHead(source, architecture, info);
  switch (architecture) {
    case 'TFDebertaV2ForSequenceClassification':
      return async (path, settings, options) =>
        classifySequences(await TFDebertaV2ForSequenceClassification.fromPretrained(path, options), settings);
    case 'TFDebertaV2ForTokenClassification':
      return async (path, settings, options) =>
        classifyTokens(await TFDebertaV2ForTokenClassification.fromPretrained(path, options), settings);
    case 'TFDebertaV2ForMaskedLM':
      return async (path, settings, options) =>
        fillMasks(await TFDebertaV2ForMaskedLM.fromPretrained(path, options), settings);
    case 'TFDebertaV2ForQuestionAnswering':
      return async (path, settings, options) =>
        answerQuestions(await TFDebertaV2ForQuestionAnswering.fromPretrained(path, options), settings);
    case 'TFDebertaV2ForReplacedTokenDetection':
      return async (path, settings, options) =>
        detectReplacements(await TFDebertaV2ForReplacedTokenDetection.fromPretrained(path, options), settings);
    case 'TFDebertaV2ForMultipleChoice':
      throw new UsageError(
        `${source} is a multiple-choice model, whose choices this command cannot take; use TFDebertaV2ForMultipleChoice in a program.`,
        { received: architecture },
      );
    case 'TFDebertaV2Model':
      throw new UsageError(
        `${source} is a bare encoder, which has no head to predict with; fine-tune a model with a head first, or use TFDebertaV2Model in a program for its hidden states.`,
        { received: architecture },
      );
  }
}
