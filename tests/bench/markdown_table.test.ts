import { markdownTable } from '../../bench/markdown_table';

test('has a line for the head, one for the rule, and one for each row', () => {
  const rows = [
    ['xsmall', '1.0'],
    ['base', '2.0'],
  ];
  expect(markdownTable(['model', 'ms'], rows)).toBe('| model | ms |\n|---|---|\n| xsmall | 1.0 |\n| base | 2.0 |');
});
