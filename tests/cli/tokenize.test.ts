import { copyFileSync, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import type { Offsets } from '../../src/tokenization/encoding/encoding';
import { jsonLines, runCli, type Terminal, useSharedFolder, VOCABULARY } from './support';

interface Tokenized {
  readonly text: string;
  readonly text_pair?: string;
  readonly tokens: string[];
  readonly input_ids: number[];
  readonly offset_mapping: Offsets[];
  readonly sequence_ids?: (number | null)[];
}

/** A vocabulary with byte fallback, whose two algorithms differ on what it does not know. */
const BYTES = join('tests', 'fixtures', 'tokenizer', 'byte_fallback', 'spm.model');

const folder = useSharedFolder();

/** Runs `tokenize` and expects it to succeed without a word on standard error. */
async function tokenize(argv: string[], terminal?: Terminal): Promise<string> {
  const { code, stdout, stderr } = await runCli(['tokenize', ...argv], terminal);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

async function tokenizeAsJson(argv: string[], terminal?: Terminal): Promise<Tokenized[]> {
  return jsonLines({ code: 0, stdout: await tokenize([...argv, '--format', 'jsonl'], terminal), stderr: '' });
}

describe('as a table', () => {
  test('has a row for each token: its id, where it stands, and the text there', async () => {
    expect((await tokenize([VOCABULARY, 'the sea [MASK]'])).split('\n')).toEqual([
      expect.stringMatching(/^token +id +start +end +text$/),
      expect.stringMatching(/^\[CLS\] +1 +0 +0$/),
      expect.stringMatching(/^▁the +\d+ +0 +3 +"the"$/),
      expect.stringMatching(/^▁sea +\d+ +3 +7 +" sea"$/),
      expect.stringMatching(/^\[MASK\] +2000 +8 +14 +"\[MASK\]"$/),
      expect.stringMatching(/^\[SEP\] +2 +0 +0$/),
      '',
    ]);
  });

  test('has an empty line between texts', async () => {
    const tables = (await tokenize([VOCABULARY, 'a', 'b'])).split('\n\n');
    expect(tables).toHaveLength(2);
    for (const table of tables) expect(table).toMatch(/^token /);
  });

  test('shows the text of a pair beside the tokens of each', async () => {
    const table = await tokenize([VOCABULARY, 'the sea', '--pair', 'the whale']);
    expect(table).toMatch(/^▁sea .* " sea"$/m);
    expect(table).toMatch(/^▁whale .* " whale"$/m);
  });

  test('shows control characters by their numbers', async () => {
    expect(await tokenize([VOCABULARY, 'a\u001bb', '--no-special-tokens'])).not.toContain('\u001b');
    expect(await tokenize([VOCABULARY, 'a\u0085b', '--no-special-tokens'])).toMatch(/\\u\{85\}/);
  });
});

describe('as JSON lines', () => {
  test('gives what the tokenizer itself gives', async () => {
    const texts = ['Call me Ishmael.', '', 'naïve 😀 ﬁsh [MASK]', ' \t '];
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(VOCABULARY);
    const lines = await tokenizeAsJson([VOCABULARY, ...texts]);
    expect(lines).toEqual(
      texts.map((text) => {
        const encoded = tokenizer.call(text, { returnOffsetsMapping: true });
        const { input_ids, offset_mapping } = encoded;
        return { text, tokens: encoded.tokens(), input_ids, offset_mapping };
      }),
    );
  });

  test('says of pairs which text a token belongs to', async () => {
    const [line] = await tokenizeAsJson([VOCABULARY, 'the', '--pair', 'sea']);
    expect(line).toMatchObject({
      text: 'the',
      text_pair: 'sea',
      tokens: ['[CLS]', '▁the', '[SEP]', '▁sea', '[SEP]'],
      sequence_ids: [null, 0, null, 1, null],
      offset_mapping: [
        [0, 0],
        [0, 3],
        [0, 0],
        [0, 3],
        [0, 0],
      ],
    });
  });

  test('are the same for words, lines, JSON lines and a file', async () => {
    const texts = ['the sea', 'a "whale"', 'Ishmael'];
    const file = folder.join('texts.txt');
    await writeFile(file, texts.join('\r\n'));
    const words = await tokenizeAsJson([VOCABULARY, ...texts]);
    const ways = [
      await tokenizeAsJson([VOCABULARY], { stdin: [texts.join('\n')] }),
      await tokenizeAsJson([VOCABULARY, '--file', '-'], { stdin: texts.map((text) => `${text}\n`) }),
      await tokenizeAsJson([VOCABULARY], { stdin: texts.map((text) => `${JSON.stringify({ text })}\n`) }),
      await tokenizeAsJson([VOCABULARY, '--file', file]),
    ];
    for (const way of ways) expect(way).toEqual(words);
  });

  test('a pair of its own goes before --pair', async () => {
    const stdin = ['{"text":"a","text_pair":"b"}\n{"text":"a"}\n'];
    const lines = await tokenizeAsJson([VOCABULARY, '--pair', 'c'], { stdin });
    expect(lines.map(({ text_pair }) => text_pair)).toEqual(['b', 'c']);
  });

  test('come line by line, before there is a next one', async () => {
    const seen: number[] = [];
    let answers = 0;
    const stdin = (async function* () {
      for (const line of ['one\n', 'two\n', 'three\n']) {
        seen.push(answers);
        yield line;
        while (answers < seen.length) await new Promise((resume) => setImmediate(resume));
      }
    })();
    await runCli(['tokenize', VOCABULARY, '--format', 'jsonl'], { stdin, onOutput: () => answers++ });
    expect(seen).toEqual([0, 1, 2]);
  });
});

describe('options', () => {
  test('--no-special-tokens leaves [CLS] and [SEP] out', async () => {
    const [line] = await tokenizeAsJson([VOCABULARY, 'the sea', '--no-special-tokens']);
    expect(line!.tokens).toEqual(['▁the', '▁sea']);
  });

  test('--max-length cuts off', async () => {
    const [line, ...more] = await tokenizeAsJson([VOCABULARY, 'the sea the sea the sea', '--max-length', '4']);
    expect(line!.tokens).toEqual(['[CLS]', '▁the', '▁sea', '[SEP]']);
    expect(more).toEqual([]);
  });

  test('--stride gives what is cut off in parts that overlap', async () => {
    const argv = [VOCABULARY, 'the sea the sea the', '--no-special-tokens', '--max-length', '3', '--stride', '1'];
    const lines = await tokenizeAsJson(argv);
    expect(lines.map(({ offset_mapping }) => offset_mapping.map(([start]) => start))).toEqual([
      [0, 3, 7],
      [7, 11, 15],
    ]);
  });

  test.each([
    ['slow', ['▁', '<0xF0>', '<0x9F>', '<0x98>', '<0x80>']],
    ['fast', ['▁', '😀']],
  ])('--algorithm %s chooses the tokens', async (algorithm, tokens) => {
    const [line] = await tokenizeAsJson([BYTES, '😀', '--no-special-tokens', '--algorithm', algorithm]);
    expect(line!.tokens).toEqual(tokens);
  });

  test.each([
    ['--lower-case', 'THE sea', ['▁the', '▁sea']],
    ['--split-by-punct', 'the,sea', ['▁the', '▁', ',', '▁sea']],
  ])('%s', async (flag, text, tokens) => {
    const argv = [VOCABULARY, text, '--no-special-tokens'];
    expect((await tokenizeAsJson(argv))[0]!.tokens).not.toEqual(tokens);
    expect((await tokenizeAsJson([...argv, flag]))[0]!.tokens).toEqual(tokens);
  });

  test('reads a folder with its settings, and a tokenizer.json', async () => {
    const source = folder.join('saved');
    mkdirSync(source);
    copyFileSync(BYTES, join(source, 'spm.model'));
    await writeFile(join(source, 'tokenizer_config.json'), JSON.stringify({ do_lower_case: true }));
    const [fromFolder] = await tokenizeAsJson([source, 'THE SEA']);
    expect(fromFolder!.tokens).toEqual(['[CLS]', '▁the', '▁sea', '[SEP]']);
    const converted = folder.join('converted');
    await runCli(['convert-tokenizer', source, converted, '--algorithm', 'fast']);
    const [fromJson] = await tokenizeAsJson([join(converted, 'tokenizer.json'), 'THE SEA 😀']);
    expect(fromJson!.tokens).toEqual(['[CLS]', '▁the', '▁sea', '▁', '😀', '[SEP]']);
  });
});

describe('--compare', () => {
  const texts = ['the sea', 'a 😀', 'the whale', 'x 🐳 y'];

  test('prints the texts that differ with the tokens of both, and how many they are; exit code 1', async () => {
    const outcome = await runCli(['tokenize', BYTES, '--compare', 'fast', '--no-special-tokens', ...texts]);
    expect(outcome).toMatchObject({ code: 1, stderr: '' });
    expect(outcome.stdout.split('\n')).toEqual([
      '2: a 😀',
      '  slow: ▁a ▁ <0xF0> <0x9F> <0x98> <0x80>',
      '  fast: ▁a ▁ 😀',
      '4: x 🐳 y',
      expect.stringMatching(/^ {2}slow: .*<0xF0> <0x9F> <0x90> <0xB3>/),
      expect.stringMatching(/^ {2}fast: .*🐳/),
      '2 of 4 texts have other tokens.',
      '',
    ]);
  });

  test('as JSON lines', async () => {
    const outcome = await runCli(['tokenize', BYTES, '--compare', 'fast', '--format', 'jsonl'], {
      stdin: texts.map((text) => `${text}\n`),
    });
    expect(outcome).toMatchObject({ code: 1, stderr: '' });
    const [first, second, count] = jsonLines<Record<string, unknown>>(outcome);
    expect(first).toEqual({
      line: 2,
      text: 'a 😀',
      slow: [{ tokens: expect.arrayContaining(['<0xF0>']), input_ids: expect.any(Array) }],
      fast: [{ tokens: expect.arrayContaining(['😀']), input_ids: expect.arrayContaining([3]) }],
    });
    expect(second).toMatchObject({ line: 4 });
    expect(count).toEqual({ texts: 4, different: 2 });
  });

  test('with the other one as the one to compare with', async () => {
    const argv = ['tokenize', BYTES, 'a 😀', '--algorithm', 'fast', '--compare', 'slow'];
    const { code, stdout } = await runCli(argv);
    expect(code).toBe(1);
    expect(stdout.split('\n')[1]).toMatch(/^ {2}fast: /);
  });

  test('says so when nothing differs; exit code 0', async () => {
    const outcome = await runCli(['tokenize', BYTES, '--compare', 'fast', 'the sea', 'the whale']);
    expect(outcome).toEqual({ code: 0, stdout: '0 of 2 texts have other tokens.\n', stderr: '' });
  });

  // One row per case: what is wrong, arguments, what the sentence says.
  const troubles: Array<[string, string[], RegExp]> = [
    ['the same algorithm', [BYTES, 'a', '--compare', 'slow'], /--compare must name the other algorithm than slow/],
    ['no such vocabulary', ['no-such-file', 'a', '--compare', 'fast'], /No SentencePiece vocabulary was found/],
    ['no such texts', [BYTES, '--file', 'no-such-file', '--compare', 'fast'], /no-such-file could not be read/],
  ];

  test.each(troubles)('%s: exit code 2, as diff has it', async (_name, argv, message) => {
    const { code, stdout, stderr } = await runCli(['tokenize', ...argv]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: [^\n]*\.\n$/);
    expect(stderr).toMatch(message);
  });
});

describe('refuses', () => {
  // One row per case: what is wrong, arguments, streams, exit code, what the sentence says.
  const wrong: Array<[string, string[], Terminal, number, RegExp]> = [
    ['a source that does not exist', ['no-such-file', 'a'], {}, 1, /No SentencePiece vocabulary was found/],
    ['a source that is no vocabulary', ['package.json', 'a'], {}, 1, /package\.json/],
    ['--stride without --max-length', [VOCABULARY, 'a', '--stride', '2'], {}, 2, /--stride goes with --max-length/],
    ['texts and a file', [VOCABULARY, 'a', '--file', 'b'], {}, 2, /received both; leave one out/],
    ['a terminal without a text', [VOCABULARY], { isTty: true }, 2, /There must be a text, received none/],
    ['a file that does not exist', [VOCABULARY, '--file', 'nowhere'], {}, 1, /nowhere could not be read/],
    ['a format of its own', [VOCABULARY, 'a', '--format', 'xml'], {}, 2, /--format <format>/],
    ['room for special tokens only', [VOCABULARY, 'a', '--max-length', '3'], {}, 2, /--max-length must be at least 4/],
    [
      'a stride that leaves no room',
      [VOCABULARY, 'the sea the sea', '--max-length', '4', '--stride', '2'],
      {},
      1,
      /stride/,
    ],
  ];

  test.each(wrong)('%s', async (_name, argv, terminal, expectedCode, message) => {
    const { code, stdout, stderr } = await runCli(['tokenize', ...argv], terminal);
    expect([code, stdout]).toEqual([expectedCode, '']);
    expect(stderr).toMatch(/^error: [^\n]*\.\n$/);
    expect(stderr).toMatch(message);
  });

  test('to go on when it is interrupted', async () => {
    const outcome = await runCli(['tokenize', VOCABULARY, 'a'], { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ code: 130, stdout: '' });
  });
});

test('no text at all gives nothing', async () => {
  expect(await tokenize([VOCABULARY], { stdin: [] })).toBe('');
});
