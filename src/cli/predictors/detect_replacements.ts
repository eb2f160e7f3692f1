import type { TFDebertaV2ForReplacedTokenDetection } from '../../models/replaced_token_detection';
import { detectReplacedTokens } from '../../pipelines/detect_replaced_tokens';
import { echo, type Predictor, type PredictorSettings } from './predictor';
import { rounded } from './scores';

/** `{ text, tokens: [{ token, start, end, score, replaced }] }`, special tokens left out; pairs are taken by their text. */
export function detectReplacements(
  model: TFDebertaV2ForReplacedTokenDetection,
  { tokenizer, maxLength }: PredictorSettings,
): Predictor {
  return {
    async predict(examples) {
      const texts = examples.map(({ text }) => text);
      const detected = await detectReplacedTokens(model, tokenizer, texts, { maxLength, batchSize: texts.length });
      return examples.map((example, row) => {
        const tokens = detected[row]!.map(({ token, start, end, score, isReplaced }) => {
          return { token, start, end, score: rounded(score), replaced: isReplaced };
        });
        return { ...echo(example), tokens };
      });
    },
    dispose: () => model.dispose(),
  };
}
