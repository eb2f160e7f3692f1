import { type LayerChoice, layersToKeep } from '../../src/models/layers_to_keep';

const chosen: [choice: LayerChoice, count: number, kept: number[]][] = [
  [[0, 2, 4], 6, [0, 2, 4]],
  [[5], 6, [5]],
  [[0, 1, 2], 3, [0, 1, 2]],
  [{ keep: 2 }, 6, [0, 1]],
  [{ keep: 2, strategy: 'first' }, 6, [0, 1]],
  [{ keep: 2, strategy: 'last' }, 6, [4, 5]],
  [{ keep: 6, strategy: 'even' }, 12, [0, 2, 4, 6, 8, 10]],
  [{ keep: 5, strategy: 'even' }, 12, [0, 2, 4, 7, 9]],
  [{ keep: 1, strategy: 'even' }, 12, [0]],
  [{ keep: 12, strategy: 'even' }, 12, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  [{ keep: 3, strategy: 'last' }, 3, [0, 1, 2]],
];
test.each(chosen)('%j of %i layers are %j', (choice, count, kept) => {
  expect(layersToKeep(choice, count)).toEqual(kept);
});

const refused: [name: string, choice: LayerChoice, message: RegExp][] = [
  ['no layer', [], /ascending numbers from 0 to 5, each once, received \[\]/],
  ['a layer beyond the last', [0, 6], /received \[0, 6\]/],
  ['a negative layer', [-1, 2], /received \[-1, 2\]/],
  ['half a layer', [0, 1.5], /received \[0, 1\.5\]/],
  ['a layer twice', [2, 2], /received \[2, 2\]/],
  ['layers out of order', [2, 1], /received \[2, 1\]/],
  ['no layer of a strategy', { keep: 0 }, /whole number from 1 to 6, received 0/],
  ['more layers than there are', { keep: 7, strategy: 'last' }, /from 1 to 6, received 7/],
  ['half a number', { keep: 2.5, strategy: 'even' }, /received 2\.5/],
  ['another strategy', { keep: 2, strategy: 'odd' as 'even' }, /one of first, last, even, received "odd"/],
];
test.each(refused)('%s is refused', (_name, choice, message) => {
  expect(() => layersToKeep(choice, 6)).toThrowDebertaError('usage', message);
});
