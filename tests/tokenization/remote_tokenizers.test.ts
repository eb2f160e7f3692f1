import { readdirSync, readFileSync } from 'node:fs';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import { MAIN, useHubServer } from '../sources/use_hub_server';
import { modelBytes } from './tables';
import { temporaryFolder } from './temporary_folder';

const server = useHubServer();
const at = temporaryFolder();
const MODEL = Buffer.from(modelBytes('plain'));
const CONFIG = Buffer.from('{"model_max_length": 77}');
const IDS = [1, 6, 2000, 2];

/** A tokenizer's place on the served hub, and beside it as plain files. */
function serve(files: Record<string, Buffer>): void {
  server().addRepository('acme/spam', { revisions: { main: MAIN }, files, large: ['spm.model'] });
  for (const [name, content] of Object.entries(files)) server().addFile(`/spam/${name}`, content);
}

describe.each([
  ['DebertaV2Tokenizer', DebertaV2Tokenizer],
  ['DebertaV2TokenizerFast', DebertaV2TokenizerFast],
] as const)('%s.fromPretrained', (_name, Tokenizer) => {
  const options = () => ({ hubUrl: server().origin, cacheDir: at('cache'), token: 'hf_secret', retryDelay: 1 });

  const sources: [string, () => string, modelMaxLength: number][] = [
    ['a URL of a folder', () => `${server().origin}/spam`, 77],
    ['a URL of a file', () => `${server().origin}/spam/spm.model`, 1e30],
    ['a model of the hub', () => 'acme/spam', 77],
    ['a commit of the hub', () => `hf://acme/spam@${MAIN}`, 77],
  ];
  test.each(sources)('takes %s', async (_source, place, modelMaxLength) => {
    serve({ 'spm.model': MODEL, 'tokenizer_config.json': CONFIG });
    const tokenizer = await Tokenizer.fromPretrained(place(), options());
    expect(tokenizer.encode('the [MASK]')).toEqual(IDS);
    expect(tokenizer.modelMaxLength).toBe(modelMaxLength);
  });

  test('keeps how it was fetched out of what it saves', async () => {
    serve({ 'spm.model': MODEL });
    const tokenizer = await Tokenizer.fromPretrained('acme/spam', options());
    await tokenizer.savePretrained(at('saved'));
    for (const name of readdirSync(at('saved'))) {
      expect(readFileSync(at('saved', name), 'latin1')).not.toMatch(/hf_secret|127\.0\.0\.1|retryDelay/);
    }
  });

  test('says where there is no vocabulary', async () => {
    serve({ 'tokenizer_config.json': CONFIG });
    await expect(() => Tokenizer.fromPretrained('acme/spam', options())).toThrowDebertaError(
      'tokenizer',
      /No SentencePiece vocabulary was found at acme\/spam\/spm\.model/,
    );
    await expect(() => Tokenizer.fromPretrained(`${server().origin}/spam`, options())).toThrowDebertaError(
      'tokenizer',
      /No SentencePiece vocabulary was found at http:\S+\/spam\/spm\.model/,
    );
  });

  test('passes on what the hub says', async () => {
    await expect(() => Tokenizer.fromPretrained('acme/none', options())).toThrowDebertaError(
      'checkpoint',
      /acme\/none could not be read: it does not exist on this machine; as a model of the hub:/,
    );
  });

  test('names a file of settings that is no JSON by its place', async () => {
    serve({ 'spm.model': MODEL, 'tokenizer_config.json': Buffer.from('{') });
    await expect(() => Tokenizer.fromPretrained('acme/spam', options())).toThrowDebertaError(
      'tokenizer',
      /acme\/spam\/tokenizer_config\.json must be a JSON file/,
    );
  });
});

test('a tokenizer of the hub encodes in workers', async () => {
  serve({ 'spm.model': MODEL });
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained('acme/spam', {
    hubUrl: server().origin,
    cacheDir: at(),
    // A function cannot go to another thread.
    onDownload: () => {},
  });
  const batches = [];
  for await (const { input_ids } of tokenizer.encodeBatch(['the [MASK]'], { workers: 1 })) batches.push(input_ids);
  expect(batches).toEqual([[IDS]]);
});
