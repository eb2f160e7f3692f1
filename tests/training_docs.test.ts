import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runSnippets } from './harness/run_snippets';

const folder = mkdtempSync(join(tmpdir(), 'training-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every snippet of docs/training.md runs, one after the other', async () => {
  const file = join(folder, 'texts.csv');
  const rows = Array.from({ length: 16 }, (_, index) =>
    index % 2 === 0 ? `"You have won prize ${index}, call now",spam` : `"Patch ${index} fixes the build",ham`,
  );
  writeFileSync(file, ['text,label', ...rows].join('\n'));
  const given = {
    checkpoint: join(__dirname, '..', 'examples', 'checkpoints', 'spam'),
    file,
    folder: join(folder, 'run'),
  };
  const printed = await runSnippets('training.md', given);
  expect(printed[0]![0]).toHaveLength(2);
  expect(printed[1]).toEqual(['end', 1]);
  expect(printed[2]).toEqual([5, Float32Array.of(2, 4)]);
});
