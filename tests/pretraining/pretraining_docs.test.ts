import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VOCABULARY } from '../cli/support';
import { recordedLogs } from '../harness/recorded_logs';
import { runSnippets } from '../harness/run_snippets';

const folder = mkdtempSync(join(tmpdir(), 'pretraining-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every snippet of docs/pretraining.md runs, one after the other', async () => {
  const file = join(folder, 'texts.txt');
  writeFileSync(file, 'Call me Ishmael. Some years ago, never mind how long precisely.\n'.repeat(20));
  const sizes = { hiddenSize: 8, numHiddenLayers: 2, numAttentionHeads: 2, intermediateSize: 12 };
  const relative = { relativeAttention: true, posAttType: 'p2c|c2p', shareAttKey: true, maxPositionEmbeddings: 32 };
  let printed: unknown[][] = [];
  // The classifier's head is new, which a warning says.
  await recordedLogs(async () => {
    printed = await runSnippets('pretraining.md', {
      vocabulary: VOCABULARY,
      file,
      folder,
      steps: 3,
      sizes: { ...sizes, ...relative },
    });
  });
  const [[accuracy, majority] = []] = printed as number[][];
  expect(majority).toBeGreaterThan(0.5);
  expect(accuracy).toBeGreaterThan(0);
});
