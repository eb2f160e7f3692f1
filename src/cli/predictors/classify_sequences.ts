import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { highest, sigmoid, softmax } from '../../data/scores';
import type { TFDebertaV2ForSequenceClassification } from '../../models/sequence_classification';
import { encodeExamples } from './encode_examples';
import { predictValues } from './predict_values';
import { echo, type Predictor, type PredictorSettings } from './predictor';
import { rounded } from './scores';

/**
 * `{ text, label, score, scores }`: the label with the highest score, and all (or the `topK` best) by label.
 *
 * Scores are probabilities by softmax, one by one by sigmoid for several labels at once, and the values themselves
 * for regression.
 */
export function classifySequences(model: TFDebertaV2ForSequenceClassification, settings: PredictorSettings): Predictor {
  const { numLabels, id2label } = model.config;
  return {
    async predict(examples) {
      const [logits] = await predictValues(model, encodeExamples(examples, settings));
      return examples.map((example, row) => {
        const scores = toScores(logits!.subarray(row * numLabels, (row + 1) * numLabels), model.config);
        const best = highest(scores, settings.topK ?? numLabels);
        const named = best.map((label) => [id2label[label], rounded(scores[label]!)] as const);
        const [label, score] = named[0]!;
        return { ...echo(example), label, score, scores: Object.fromEntries(named) };
      });
    },
    dispose: () => model.dispose(),
  };
}

function toScores(logits: Float32Array, { problemType, numLabels }: DebertaV2Config): number[] {
  if (problemType === 'multi_label_classification') return Array.from(logits, sigmoid);
  if (problemType === 'regression' || (problemType === null && numLabels === 1)) return Array.from(logits);
  return softmax(logits);
}
