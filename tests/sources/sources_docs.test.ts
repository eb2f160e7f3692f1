import { runSnippets } from '../harness/run_snippets';
import { modelBytes } from '../tokenization/tables';
import { temporaryFolder } from '../tokenization/temporary_folder';
import { MAIN, useHubServer } from './use_hub_server';

const server = useHubServer();
const at = temporaryFolder();

test('every snippet of docs/sources.md runs, on a hub and a server of this machine', async () => {
  const model = Buffer.from(modelBytes('plain'));
  const files = { 'spm.model': model };
  server().addRepository('microsoft/deberta-v3-small', { revisions: { main: MAIN }, files });
  server().addFile('/models/spam/spm.model', model);
  Object.assign(process.env, { HF_ENDPOINT: server().origin, HF_HUB_CACHE: at() });
  const here = (url: string, init?: RequestInit) => fetch(url.replace('https://example.org', server().origin), init);
  const printed = await runSnippets('sources.md', { fetch: here });
  expect(printed.at(-1)).toEqual([`spm.model: ${model.length} of ${model.length} bytes`]);
  const { headers } = server().requests.find(({ url }) => url === '/models/spam/spm.model')!;
  expect(headers.authorization).toBe('Bearer secret');
});
