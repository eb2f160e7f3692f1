import { lessonOf } from '../../../bench/train/workload';

describe('lessonOf', () => {
  const lesson = lessonOf({ model: 'xsmall', shape: [4, 512], dropout: 0.1 });

  test('has ids of the vocabulary, none of padding and few of them alike', () => {
    const ids = lesson.ids.flat();
    expect(lesson.ids.map((row) => row.length)).toEqual([512, 512, 512, 512]);
    expect(Math.min(...ids)).toBeGreaterThan(0);
    expect(Math.max(...ids)).toBeLessThan(128_100);
    expect(new Set(ids).size).toBe(2048);
  });

  test('has as many labels of either class', () => {
    expect(lesson.labels).toEqual([0, 1, 0, 1]);
  });

  test('has the published shape, with dropout in both places', () => {
    expect(lesson.config).toMatchObject({
      vocab_size: 128_100,
      hidden_size: 384,
      num_hidden_layers: 12,
      hidden_dropout_prob: 0.1,
      attention_probs_dropout_prob: 0.1,
    });
  });
});
