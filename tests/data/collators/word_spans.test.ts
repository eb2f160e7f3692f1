import { wordSpans } from '../../../src/data/collators/word_spans';
import { plainTokenizer } from './collator_fixtures';

test('words begin with ▁, and special tokens stand between them', async () => {
  const tokenizer = await plainTokenizer();
  const special = new Set(tokenizer.allSpecialIds);
  const tokens = ['[CLS]', '▁the', 's', 'e', '[MASK]', 's', '▁of', '[SEP]', '▁a', '[SEP]'];
  const ids = tokenizer.convertTokensToIds(tokens);
  const spans = wordSpans(tokenizer, ids, (id) => special.has(id));
  const texts = spans.map(({ from, to }) => tokens.slice(from, to).join(''));
  expect(texts).toEqual(['▁these', 's', '▁of', '▁a']);
});
