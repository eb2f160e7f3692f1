import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from 'tokenizers';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import { runCli, useSharedFolder, VOCABULARY } from './support';

const BYTES = join('tests', 'fixtures', 'tokenizer', 'byte_fallback', 'spm.model');
const FILES = [
  'added_tokens.json',
  'special_tokens_map.json',
  'spm.model',
  'spm.vocab',
  'tokenizer.json',
  'tokenizer_config.json',
];
const TEXTS = ['Call me Ishmael.', 'the 😀 sea', '[MASK] of x'];

const folder = useSharedFolder();

describe('convert-tokenizer', () => {
  test('makes a folder that both this package and the Rust library read', async () => {
    const output = folder.join('converted');
    expect(await runCli(['convert-tokenizer', VOCABULARY, output])).toEqual({
      code: 0,
      stdout: `Tokenizer of 2,001 tokens, algorithm slow, written to ${output}.\nFiles: ${FILES.join(', ')}.\n`,
      stderr: '',
    });
    expect(readdirSync(output).sort()).toEqual(FILES);
    expect(readFileSync(join(output, 'spm.model')).equals(readFileSync(VOCABULARY))).toBe(true);
  });

  test.each(['slow', 'fast'] as const)('--algorithm %s: tokenizer.json gives its ids', async (algorithm) => {
    const output = folder.join(algorithm);
    const argv = ['convert-tokenizer', BYTES, output, '--algorithm', algorithm, '--json'];
    const { code, stdout } = await runCli(argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ output, files: FILES, pieces: 2000, tokens: 2001, algorithm });
    const ours = await DebertaV2TokenizerFast.fromPretrained(BYTES, { algorithm });
    const rust = Tokenizer.fromFile(join(output, 'tokenizer.json'));
    const saved = await DebertaV2TokenizerFast.fromPretrained(output);
    for (const text of TEXTS) {
      const ids = ours.encode(text);
      expect((await rust.encode(text)).getIds()).toEqual(ids);
      expect(saved.encode(text)).toEqual(ids);
    }
  });

  test('takes a folder with its settings, which flags override', async () => {
    const source = folder.join('source');
    await mkdir(source);
    await copyFile(VOCABULARY, join(source, 'spm.model'));
    await writeFile(join(source, 'tokenizer_config.json'), JSON.stringify({ model_max_length: 77 }));
    const output = folder.join('from_folder');
    expect(await runCli(['convert-tokenizer', source, output, '--lower-case'])).toMatchObject({ code: 0 });
    const config = JSON.parse(readFileSync(join(output, 'tokenizer_config.json'), 'utf8'));
    expect(config).toMatchObject({ model_max_length: 77, do_lower_case: true });
  });

  test('the vocabulary as text has a line for each piece: piece, tab, score', async () => {
    const output = folder.join('alone.vocab');
    expect(await runCli(['convert-tokenizer', VOCABULARY, output, '--vocab-only'])).toEqual({
      code: 0,
      stdout: `Vocabulary of 2,000 pieces written to ${output}.\n`,
      stderr: '',
    });
    const lines = readFileSync(output, 'utf8').split('\n');
    expect(lines.slice(0, 4)).toEqual(['[PAD]\t0', '[CLS]\t0', '[SEP]\t0', '[UNK]\t0']);
    expect(lines).toHaveLength(2001);
    for (const line of lines.slice(4, -1)) expect(line).toMatch(/^[^\t]+\t-\d+(\.\d+)?$/);
  });

  test.each([
    ['a folder', []],
    ['a file', ['--vocab-only']],
  ])('%s that exists is kept, unless --overwrite', async (name, flags) => {
    const output = folder.join(`taken ${name}`);
    if (flags.length === 0) await mkdir(output);
    else await writeFile(output, 'precious');
    const argv = ['convert-tokenizer', VOCABULARY, output, ...flags];
    const refused = await runCli(argv);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: .* exists already/) });
    if (flags.length === 0) expect(readdirSync(output)).toEqual([]);
    else expect(readFileSync(output, 'utf8')).toBe('precious');
    expect(await runCli([...argv, '--overwrite'])).toMatchObject({ code: 0 });
  });

  // One row per case: what is wrong, the source, what the sentence says.
  const wrong: Array<[string, string, RegExp]> = [
    ['nothing is there', 'no-such-file', /No SentencePiece vocabulary was found/],
    ['it is another file', 'package.json', /must be a SentencePiece model/],
    ['it is a folder without spm.model', 'tests', /No SentencePiece vocabulary was found/],
  ];

  test.each(wrong)('%s: nothing is written', async (_name, source, message) => {
    const output = folder.join('refused');
    const { code, stdout, stderr } = await runCli(['convert-tokenizer', source, output]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: [^\n]*\.\n$/);
    expect(stderr).toMatch(message);
    expect(existsSync(output)).toBe(false);
  });

  test('leaves nothing when it is interrupted', async () => {
    const output = folder.join('interrupted');
    const signal = AbortSignal.abort();
    expect(await runCli(['convert-tokenizer', VOCABULARY, output], { signal })).toMatchObject({ code: 130 });
    expect(readdirSync(folder.path).filter((name) => name.startsWith('interrupted'))).toEqual([]);
  });
});
