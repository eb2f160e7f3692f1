import { mkdirSync, writeFileSync } from 'node:fs';
import { resolveSource } from '../../src/sources/resolve_source';
import { temporaryFolder } from '../tokenization/temporary_folder';
import { useHubServer } from './use_hub_server';

const server = useHubServer();
const at = temporaryFolder();

describe('a path of this machine', () => {
  test('is a folder', async () => {
    mkdirSync(at('spam'));
    const { source, file } = await resolveSource(at('spam'));
    expect([source.folder, file]).toEqual([at('spam'), undefined]);
  });

  test('is a file in its folder', async () => {
    writeFileSync(at('model.safetensors'), '');
    const { source, file } = await resolveSource(at('model.safetensors'));
    expect([source.folder, file]).toEqual([at(), 'model.safetensors']);
  });

  const paths = [
    'C:\\models\\spam',
    'C:/models',
    'C:model/spam',
    'models\\spam',
    './acme/spam',
    '../spam',
    '/acme/spam',
    'acme/spam/',
    'acme/spam/v3',
    'spam',
    '~/spam',
    '-acme/spam',
    'acme/spam--x',
    'acme/sp..am',
    'acme/spm.model',
    'acme/model.safetensors',
    '',
  ];
  test.each(paths)('%j can be nothing else, and nobody is asked', async (path) => {
    await expect(() => resolveSource(path, { hubUrl: server().origin })).toThrowDebertaError(
      'checkpoint',
      /could not be read: it does not exist;/,
    );
    expect(server().requests).toEqual([]);
  });
});

describe('what cannot be a source', () => {
  const URLS: [string, RegExp][] = [
    ['https://user:secret@example.org/x', /^(?!.*secret).*without user name and password/],
    ['https://', /named by a valid one/],
  ];
  test.each(URLS)('%s', async (url, message) => {
    await expect(() => resolveSource(url)).toThrowDebertaError('usage', message);
  });

  const hubs = ['example.org', 'file:///etc', ''];
  test.each(hubs)('the hub at %j', async (hubUrl) => {
    await expect(() => resolveSource('hf://acme/spam', { hubUrl })).toThrowDebertaError(
      'usage',
      /hubUrl must be an http\(s\) address, received/,
    );
  });
});
