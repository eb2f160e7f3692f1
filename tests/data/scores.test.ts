import { highest, softmax } from '../../src/data/scores';

test('softmax sums to 1 and stands large logits', () => {
  expect(softmax([1000, 1000, -1000])).toEqual([0.5, 0.5, 0]);
  expect(softmax([0, Math.log(3)])).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)]);
});

test('highest lists the places of the highest scores, the first of equal ones first', () => {
  expect(highest([0.1, 0.7, 0.2], 2)).toEqual([1, 2]);
  expect(highest(Float32Array.of(0.5, 0.5), 9)).toEqual([0, 1]);
  expect(highest([], 3)).toEqual([]);
});
