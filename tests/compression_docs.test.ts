import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSnippets } from './harness/run_snippets';

const folder = mkdtempSync(join(tmpdir(), 'compression-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every snippet of docs/compression.md runs, one after the other', async () => {
  const given = {
    checkpoint: join(__dirname, '..', 'examples', 'checkpoints', 'spam'),
    folder,
    lines: ['You have won a free prize!', 'The patch fixes the build on Linux.'],
  };
  const [[before, after, saved] = [], layers] = (await runSnippets('compression.md', given)) as number[][];
  expect(after!).toBeLessThan(before!);
  expect(saved!).toBeGreaterThan(0);
  expect(layers).toEqual([2]);
});
