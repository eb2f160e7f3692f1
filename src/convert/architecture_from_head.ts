import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { TensorInfo } from './checkpoint_reader';
import { canonicalName } from './weight_names';

/**
 * The model whose head a file holds.
 *
 * A pooler with a classifier of one output is taken for multiple choice unless the configuration has one label.
 *
 * @returns undefined when the file holds no head, or several.
 */
export function architectureFromHead(
  config: DebertaV2Config,
  tensors: ReadonlyMap<string, TensorInfo>,
): Architecture | undefined {
  const shapes = new Map([...tensors].map(([name, { shape, knownAs = name }]) => [canonicalName(knownAs), shape]));
  const heads: Architecture[] = [];
  if (shapes.has('cls.predictions.bias') || shapes.has('lm_predictions.lm_head.bias')) {
    heads.push('TFDebertaV2ForMaskedLM');
  }
  if (shapes.has('mask_predictions.classifier.bias')) heads.push('TFDebertaV2ForReplacedTokenDetection');
  if (shapes.has('qa_outputs.bias')) heads.push('TFDebertaV2ForQuestionAnswering');
  const outputs = shapes.get('classifier.bias')?.[0];
  if (outputs !== undefined) {
    if (!shapes.has('pooler.dense.bias')) heads.push('TFDebertaV2ForTokenClassification');
    else if (outputs === 1 && config.numLabels !== 1) heads.push('TFDebertaV2ForMultipleChoice');
    else heads.push('TFDebertaV2ForSequenceClassification');
  }
  return heads.length === 1 ? heads[0] : undefined;
}
