import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSnippets } from './harness/run_snippets';

const ROOT = join(__dirname, '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'tokenization.md'), 'utf8');
const CHECKPOINT = join(ROOT, 'examples', 'checkpoints', 'spam');

/** What the snippets take for granted. */
const GIVEN = {
  question: 'Who sees the whale first?',
  context: 'Ahab cries out that he sees the whale. '.repeat(10),
  lines: Array.from({ length: 300 }, (_, index) => `line ${index}`),
  model: { resizeTokenEmbeddings: (rows: number) => expect(rows).toBeGreaterThan(0) },
  fetch: async () => ({ arrayBuffer: async () => new Uint8Array(readFileSync(join(CHECKPOINT, 'spm.model'))).buffer }),
};

test('every snippet of docs/tokenization.md runs, one after the other', async () => {
  const printed = await runSnippets('tokenization.md', GIVEN);
  const [[ids, offsets, tokens, words] = [], ...batches] = printed as [number[], number[][], string[], unknown[]][];
  expect(ids).toHaveLength(tokens!.length);
  expect(offsets![0]).toEqual([0, 0]);
  expect(words!.slice(0, 2)).toEqual([null, 0]);
  expect(batches.map(([rows]) => rows)).toEqual([256, 44]);
});

test('every link of docs/tokenization.md leads somewhere', () => {
  const headings = Array.from(PAGE.matchAll(/^#+ (.*)$/gm), ([, text = '']) => anchorOf(text));
  const anchors = Array.from(PAGE.matchAll(/\]\(#([\w-]+)\)/g), ([, anchor]) => anchor!);
  expect(anchors.length).toBeGreaterThan(0);
  for (const anchor of anchors) expect(headings).toContain(anchor);
});

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
