import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { DebertaV2TokenizerFast } from '../../src/index';
import type { HubServer, ServedRepository } from '../harness/hub_server';
import type { CheckResult } from './check_result';
import { readSourceMap, violationOf } from './find_violation';
import type { SourceResult, SourceTask } from './source_page';

const FIXTURES = join(__dirname, '..', 'fixtures', 'tokenizer', 'plain');
const COMMIT = 'a'.repeat(40);
const TEXT = 'Call me Ishmael.';

/** What a page is asked for, what must come of it, and what it may ask the server. */
interface SourceCheck {
  readonly name: string;
  readonly source: string;
  readonly options?: SourceTask['options'];
  readonly before?: () => void;
  /** Files of which bytes must come in. */
  readonly downloads?: readonly string[];
  /** Requests for nothing but these. */
  readonly asked?: readonly RegExp[];
  /** What the page must say instead of loading. */
  readonly error?: RegExp;
}

/**
 * Pages of one browser load a tokenizer from a URL and from the hub: with progress the first time, from the cache of the
 * browser the second, under a policy that forbids to make code from text.
 *
 * @param script of the page, with its source map beside it.
 */
export async function* checkSources(
  browser: Browser,
  origin: string,
  hub: HubServer,
  script: string,
): AsyncGenerator<CheckResult> {
  const sourceMap = readSourceMap(script);
  const model = readFileSync(join(FIXTURES, 'spm.model'));
  const expected = (await DebertaV2TokenizerFast.fromModel(model)).encode(TEXT);
  const files = { 'spm.model': model, 'tokenizer_config.json': Buffer.from('{"model_max_length": 512}') };
  const repository: ServedRepository = { revisions: { main: COMMIT }, files, large: ['spm.model'] };
  hub.addRepository('acme/plain', repository);
  hub.addRepository('acme/private', { ...repository, token: 'hf_mine' });
  hub.addRepository('acme/cut', repository);
  for (const [name, content] of Object.entries(files)) hub.addFile(`/plain/${name}`, content);
  const names = Object.keys(files);
  const options = { hubUrl: hub.origin };

  const checks: SourceCheck[] = [
    { name: 'a URL', source: `${hub.origin}/plain`, downloads: names },
    { name: 'a URL again, from the cache', source: `${hub.origin}/plain`, downloads: [], asked: [/^HEAD /] },
    { name: 'the URL of a file', source: `${hub.origin}/plain/spm.model`, downloads: [], asked: [/^HEAD /] },
    {
      name: 'a URL whose file has changed',
      source: `${hub.origin}/plain`,
      before: () => hub.addFile('/plain/tokenizer_config.json', Buffer.from('{"model_max_length": 51}')),
      downloads: ['tokenizer_config.json'],
    },
    { name: 'a model of the hub', source: 'acme/plain', options, downloads: names },
    {
      name: 'a model of the hub again, from the cache',
      source: 'acme/plain',
      options,
      downloads: [],
      asked: [/^GET \/api\/models\/acme\/plain\/revision\/main$/],
    },
    { name: 'a commit of the hub, from the cache', source: `acme/plain@${COMMIT}`, options, downloads: [], asked: [] },
    { name: 'offline', source: 'acme/plain', options: { ...options, offline: true }, downloads: [], asked: [] },
    {
      name: 'offline, what is not cached',
      source: 'acme/private',
      options: { ...options, offline: true },
      error: /acme\/private could not be read: .* is not in the cache of this browser/,
    },
    { name: 'a private model without a token', source: 'acme/private', options, error: /is private/ },
    { name: 'a private model', source: 'acme/private', options: { ...options, token: 'hf_mine' }, downloads: names },
    {
      name: 'a download that is cut off',
      source: 'acme/cut',
      options: { ...options, maxRetries: 0 },
      before: () => hub.fail({ url: /blobs/, cutAfter: 1000 }),
      error: /acme\/cut\/spm\.model could not be read/,
    },
    { name: 'the same again, of which nothing was kept', source: 'acme/cut', options, downloads: names },
    {
      name: 'a download that goes on after a cut',
      source: 'acme/cut@v2',
      options,
      before: () => {
        hub.addRepository('acme/cut', { ...repository, revisions: { v2: 'b'.repeat(40) } });
        hub.fail({ url: /blobs/, cutAfter: 1000 });
      },
      downloads: names,
    },
    {
      name: 'a URL whose server is out of reach, from the cache',
      source: `${hub.origin}/plain`,
      options: { maxRetries: 0 },
      before: () => hub.fail({ status: 503, times: Number.POSITIVE_INFINITY }),
      downloads: [],
    },
    {
      name: 'a hub out of reach, from the cache',
      source: 'acme/plain',
      options: { ...options, maxRetries: 0 },
      downloads: [],
    },
    {
      name: 'what is not cached of a server out of reach',
      source: `${hub.origin}/other`,
      options: { maxRetries: 0 },
      error: /other\/spm\.model could not be read: the server fails \(status 503\)/,
    },
  ];
  // Pages of one context share their cache.
  const context = await browser.newContext();
  for (const check of checks) {
    hub.requests.length = 0;
    check.before?.();
    const outcome = await load(context, origin, check);
    const problem = problemOf(check, outcome, expected, hub);
    yield {
      name: `${check.name}, in the browser`,
      problem: problem ?? (outcome instanceof Error ? undefined : violationOf(outcome, sourceMap)),
    };
  }
  await context.close();
}

async function load(context: BrowserContext, origin: string, check: SourceCheck): Promise<SourceResult | Error> {
  const page = await context.newPage();
  await page.goto(`${origin}/source.html`);
  const task: SourceTask = { source: check.source, options: check.options ?? {}, text: TEXT };
  const outcome = await page.evaluate((given) => window.loadFrom(given), task).catch((error: Error) => error);
  await page.close();
  return outcome;
}

function problemOf(
  { downloads, asked, error }: SourceCheck,
  outcome: SourceResult | Error,
  expected: number[],
  hub: HubServer,
): string | undefined {
  const leaked = hub.requests.find(({ host, headers }) => host === 'cdn' && headers.authorization !== undefined);
  if (leaked !== undefined) return `another host than the hub got the token, for ${leaked.url}`;
  if (outcome instanceof Error) return error?.test(outcome.message) ? undefined : outcome.message;
  if (error !== undefined) return 'it loaded';
  if (`${outcome.ids}` !== `${expected}`) return `ids are ${outcome.ids}`;
  const came = Object.entries(outcome.downloads);
  if (downloads !== undefined && `${came.map(([name]) => name).sort()}` !== `${[...downloads].sort()}`) {
    return `bytes came in of ${came.map(([name]) => name)}`;
  }
  const half = came.find(([, { loaded, total }]) => loaded !== total);
  if (half !== undefined) return `the last told of ${half[0]} is ${half[1].loaded} of ${half[1].total}`;
  const wrong = asked && hub.asked.find((request) => !asked.some((pattern) => pattern.test(request)));
  return wrong && `it asked for ${wrong}`;
}
