import { parseShapes } from '../../bench/batch_shape';

describe('parseShapes', () => {
  test.each([
    ['8x128', [[8, 128]]],
    [
      '8x128,4x512',
      [
        [8, 128],
        [4, 512],
      ],
    ],
  ])('reads %s', (text, shapes) => {
    expect(parseShapes(text)).toEqual(shapes);
  });

  test.each(['', '8', '8x', '0x128', '8x128,', '8x1.5', '-8x128', '8 x 128'])('refuses %p', (text) => {
    expect(() => parseShapes(text)).toThrow(/^Shapes must be written as 8x128,4x512, received /);
  });
});
