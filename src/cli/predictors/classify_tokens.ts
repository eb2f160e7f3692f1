import { highest, softmax } from '../../data/scores';
import type { TFDebertaV2ForTokenClassification } from '../../models/token_classification';
import { encodeExamples } from './encode_examples';
import { predictValues } from './predict_values';
import { echo, type Predictor, type PredictorSettings } from './predictor';
import { rounded } from './scores';

/** `{ text, tokens: [{ token, label, score }] }`, special tokens left out. */
export function classifyTokens(model: TFDebertaV2ForTokenClassification, settings: PredictorSettings): Predictor {
  const { numLabels, id2label } = model.config;
  return {
    async predict(examples) {
      const batch = encodeExamples(examples, settings);
      const [logits] = await predictValues(model, batch);
      return examples.map((example, row) => {
        const ids = batch.input_ids[row]!;
        const tokens = ids.flatMap((id, position) => {
          if (batch.special_tokens_mask[row]![position] === 1) return [];
          const start = (row * ids.length + position) * numLabels;
          const scores = softmax(logits!.subarray(start, start + numLabels));
          const label = highest(scores, 1)[0]!;
          const token = settings.tokenizer.convertIdsToTokens(id);
          return [{ token, label: id2label[label], score: rounded(scores[label]!) }];
        });
        return { ...echo(example), tokens };
      });
    },
    dispose: () => model.dispose(),
  };
}
