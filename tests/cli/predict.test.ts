import { readFileSync } from 'node:fs';
import { copyFile, cp, rm, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import * as tf from '@tensorflow/tfjs';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../../src/models/multiple_choice';
import { TFDebertaV2ForQuestionAnswering } from '../../src/models/question_answering';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { savePartOf } from './save_part_of';
import { checkpoint, jsonLines, runCli, saveModel, type Terminal, useSharedFolder, VOCABULARY } from './support';

interface Classified {
  readonly text: string;
  readonly text_pair?: string;
  readonly label: string;
  readonly score: number;
  readonly scores: Record<string, number>;
}

const SPAM = 'examples/checkpoints/spam';
const folder = useSharedFolder();
let tokenizer: DebertaV2Tokenizer;

beforeAll(async () => {
  tokenizer = await DebertaV2Tokenizer.fromPretrained(VOCABULARY);
});

/** Runs `predict` and expects it to succeed without a word on standard error. */
async function predict<T>(argv: string[], terminal?: Terminal): Promise<T[]> {
  const outcome = await runCli(['predict', ...argv], terminal);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return jsonLines<T>(outcome);
}

/** What the model itself says of one text or pair. */
async function logitsOf<Model extends { predict(x: object): tf.Tensor | tf.Tensor[]; dispose(): object }>(
  load: Promise<Model>,
  text: string,
  textPair?: string,
): Promise<number[][]> {
  const model = await load;
  const batch = tokenizer.call(text, { ...(textPair === undefined ? {} : { textPair }), returnTensors: 'tf' });
  const outputs = [model.predict(batch)].flat();
  const values = outputs.map((output) => Array.from(output.dataSync()));
  tf.dispose([batch, outputs]);
  model.dispose();
  return values;
}

function softmaxOf(logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
}

describe('with the spam classifier of the examples', () => {
  const expected: { text: string; probabilities: number[]; label: string }[] = JSON.parse(
    readFileSync(`${SPAM}/expected.json`, 'utf8'),
  );

  test.each(['wasm', 'cpu'])('gives the probabilities of the reference on %s', async (backend) => {
    const results = await predict<Classified>([SPAM, '--backend', backend, ...expected.map(({ text }) => text)]);
    expect(tf.getBackend()).toBe(backend);
    expect(results.map(({ text, label }) => [text, label])).toEqual(expected.map(({ text, label }) => [text, label]));
    for (const [row, { score, scores }] of results.entries()) {
      const [ham = 0, spam = 0] = expected[row]!.probabilities;
      expect(scores.ham).toBeCloseTo(ham, 5);
      expect(scores.spam).toBeCloseTo(spam, 5);
      expect(score).toBe(Math.max(scores.ham!, scores.spam!));
    }
  });

  test('gives the same for words, lines, JSON lines and a file, in any batch size', async () => {
    const texts = expected.map(({ text }) => text);
    const file = folder.join('texts.txt');
    await writeFile(file, texts.join('\r\n'));
    const words = await predict<Classified>([SPAM, ...texts]);
    const ways = [
      await predict<Classified>([SPAM], { stdin: [texts.join('\n')] }),
      await predict<Classified>([SPAM, '--file', '-'], { stdin: texts.map((text) => Buffer.from(`${text}\n`)) }),
      await predict<Classified>([SPAM], { stdin: texts.map((text) => `${JSON.stringify({ text })}\n`) }),
      await predict<Classified>([SPAM, '--file', file]),
      await predict<Classified>([SPAM, '--file', file, '--batch-size', '1']),
      await predict<Classified>([SPAM, '--file', file, '--batch-size', '1000']),
    ];
    for (const way of ways) {
      expect(way.map(({ text, label }) => [text, label])).toEqual(words.map(({ text, label }) => [text, label]));
      for (const [row, { score }] of way.entries()) expect(score).toBeCloseTo(words[row]!.score, 5);
    }
  });

  test('answers each line as it comes, before there is a next one', async () => {
    const answers: string[] = [];
    const seen: number[] = [];
    const stdin = (async function* () {
      for (const line of ['one\n', 'two\n', 'three\n']) {
        seen.push(answers.length);
        yield line;
        // The command runs while nothing else comes.
        while (answers.length < seen.length) await new Promise((resume) => setImmediate(resume));
      }
    })();
    await predict([SPAM], { stdin, onOutput: (text) => answers.push(text) });
    expect(seen).toEqual([0, 1, 2]);
  });

  test('leaves no tensor behind, however many lines there are', async () => {
    const before = tf.memory().numTensors;
    await predict([SPAM, '--batch-size', '2'], { stdin: ['a\nb\nc\n', 'd\ne\n'] });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('stops reading when nobody reads the answers', async () => {
    let lines = 0;
    const endless = (async function* () {
      for (;;) yield `line ${lines++}\n`;
    })();
    const closed = () => {
      throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    };
    const outcome = await runCli(['predict', SPAM], { stdin: endless, onOutput: closed });
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    expect(lines).toBeLessThan(1000);
  });

  test('an interruption ends it, even while it waits for a line', async () => {
    const interruption = new AbortController();
    const stdin = new Readable({ read() {} });
    stdin.push('a text\n');
    const outcome = await runCli(['predict', SPAM], {
      stdin,
      signal: interruption.signal,
      onOutput: () => interruption.abort(),
    });
    expect(outcome).toMatchObject({ code: 130, stderr: 'error: Interrupted.\n' });
    expect(jsonLines(outcome)).toHaveLength(1);
  });

  test('cuts texts off at the length the model was made for, or --max-length', async () => {
    const long = 'mortgage '.repeat(2000);
    expect(await predict([SPAM, long])).toHaveLength(1);
    const [short] = await predict<Classified>([SPAM, '--max-length', '6', long]);
    const [cut] = await predict<Classified>([SPAM, '--max-length', '6', `${long} linux`]);
    expect(short!.score).toBe(cut!.score);
  });

  test('shows on a terminal how far loading is', async () => {
    const { stderr } = await runCli(['predict', SPAM, 'a text'], { isTty: true });
    expect(stderr).toMatch(/Loading \[.*\] 100%/);
  });

  test('shows how far a file is read, unless results go to the same terminal', async () => {
    const file = folder.join('many.txt');
    await writeFile(file, 'a text\n'.repeat(20));
    const predictFile = (isTty: true | 'stderr') => runCli(['predict', SPAM, '--file', file], { isTty });
    expect((await predictFile('stderr')).stderr).toMatch(/Predicting \[.*\] 100% \| 140 B of 140 B/);
    expect((await predictFile(true)).stderr).not.toContain('Predicting');
  });

  test('--verbose tells which backends were passed over', async () => {
    const { code, stderr } = await runCli(['predict', SPAM, 'a text', '--verbose']);
    expect(code).toBe(0);
    for (const line of stderr.split('\n').slice(0, -1)) expect(line).toMatch(/^(debug|info|warning): /);
  });
});

describe('sequence classification', () => {
  const pairs = [
    { text: 'It rains.', text_pair: 'The street is wet.' },
    { text: 'The whale swims.', text_pair: 'I read a book.' },
  ];

  test('of pairs: the model sees both texts', async () => {
    const model = folder.join('pairs');
    await saveModel(model, TFDebertaV2ForSequenceClassification, { id2label: { 0: 'no', 1: 'maybe', 2: 'yes' } });
    const results = await predict<Classified>([model], {
      stdin: [pairs.map((pair) => JSON.stringify(pair)).join('\n')],
    });
    for (const [row, { text, text_pair, scores }] of results.entries()) {
      expect({ text, text_pair }).toEqual(pairs[row]);
      const [logits] = await logitsOf(TFDebertaV2ForSequenceClassification.fromPretrained(model), text, text_pair);
      const expected = softmaxOf(logits!);
      for (const [label, name] of ['no', 'maybe', 'yes'].entries())
        expect(scores[name]).toBeCloseTo(expected[label]!, 5);
      expect(Object.values(scores)).toEqual(Object.values(scores).sort((a, b) => b - a));
    }

    const [byOption] = await predict<Classified>([model, 'It rains.', '--pair', 'The street is wet.']);
    expect(byOption).toEqual(expect.objectContaining({ ...pairs[0], label: results[0]!.label }));
    const [own, given] = await predict<Classified>([model, '--pair', 'Another.'], {
      stdin: [`${JSON.stringify(pairs[0])}\n${JSON.stringify({ text: 'Alone.' })}\n`],
    });
    expect([own!.text_pair, given!.text_pair]).toEqual(['The street is wet.', 'Another.']);

    const [top] = await predict<Classified>([model, 'It rains.', '--top-k', '2']);
    expect(Object.keys(top!.scores)).toHaveLength(2);
  });

  test.each([
    ['several labels at once: sigmoid', { problemType: 'multi_label_classification', numLabels: 3 }],
    ['regression: the values', { problemType: 'regression', numLabels: 2 }],
    ['one label is regression: the value', { numLabels: 1 }],
  ] as const)('with %s', async (name, changes) => {
    const model = folder.join(name.replaceAll(/\W+/g, '_'));
    await saveModel(model, TFDebertaV2ForSequenceClassification, changes);
    const [{ scores } = { scores: {} as Record<string, number> }] = await predict<Classified>([model, 'It rains.']);
    const [logits] = await logitsOf(TFDebertaV2ForSequenceClassification.fromPretrained(model), 'It rains.');
    const expected =
      'problemType' in changes && changes.problemType === 'multi_label_classification'
        ? logits!.map((logit) => 1 / (1 + Math.exp(-logit)))
        : logits!;
    expect(Object.keys(scores)).toHaveLength(changes.numLabels);
    for (const [label, value] of expected.entries()) expect(scores[`LABEL_${label}`]).toBeCloseTo(value, 4);
  });
});

test('token classification lists the tokens with their labels, special ones left out', async () => {
  const model = folder.join('tokens');
  await saveModel(model, TFDebertaV2ForTokenClassification, { id2label: { 0: 'O', 1: 'PER', 2: 'LOC' } });
  const texts = ['Call me Ishmael.', 'The whale.'];
  const results = await predict<{ text: string; tokens: { token: string; label: string; score: number }[] }>([
    model,
    ...texts,
  ]);
  for (const [row, { text, tokens }] of results.entries()) {
    expect(text).toBe(texts[row]);
    expect(tokens.map(({ token }) => token)).toEqual(tokenizer.tokenize(text));
    const [logits] = await logitsOf(TFDebertaV2ForTokenClassification.fromPretrained(model), text);
    for (const [position, { label, score }] of tokens.entries()) {
      const scores = softmaxOf(logits!.slice(3 * (position + 1), 3 * (position + 2)));
      expect(score).toBeCloseTo(Math.max(...scores), 5);
      expect(label).toBe(['O', 'PER', 'LOC'][scores.indexOf(Math.max(...scores))]);
    }
  }
});

test('replaced token detection lists the tokens with places and probabilities', async () => {
  const model = folder.join('replaced');
  await saveModel(model, TFDebertaV2ForReplacedTokenDetection);
  const texts = ['Call me Ishmael.', 'The whale.'];
  type Detected = { token: string; start: number; end: number; score: number; replaced: boolean };
  const results = await predict<{ text: string; tokens: Detected[] }>([model, ...texts]);
  for (const [row, { text, tokens }] of results.entries()) {
    expect(text).toBe(texts[row]);
    expect(tokens.map(({ token }) => token)).toEqual(tokenizer.tokenize(text));
    const [logits] = await logitsOf(TFDebertaV2ForReplacedTokenDetection.fromPretrained(model), text);
    for (const [position, { score, replaced, start, end, token }] of tokens.entries()) {
      expect(score).toBeCloseTo(1 / (1 + Math.exp(-logits![position + 1]!)), 4);
      expect(replaced).toBe(score >= 0.5);
      expect(text.slice(start, end).trim()).toBe(token.replace('▁', ''));
    }
  }
});

describe('masked language model', () => {
  type Filled = { text: string; masks: { token: string; score: number }[][] };
  let model: string;

  beforeAll(async () => {
    model = folder.join('masked_lm');
    await saveModel(model, TFDebertaV2ForMaskedLM);
  });

  test('lists the likeliest tokens at every mask, in order', async () => {
    const texts = ['Call me [MASK].', 'nothing here', '[MASK] and [MASK]'];
    const outcome = await runCli(['predict', model, '--top-k', '3', ...texts]);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/^warning: A text has no \[MASK\][^\n]*\n$/);
    const results = jsonLines<Filled>(outcome);
    expect(results.map(({ text, masks }) => [text, masks.length])).toEqual(
      texts.map((text, row) => [text, row === 0 ? 1 : 2 * Number(row === 2)]),
    );
    for (const { text, masks } of results.filter(({ masks: found }) => found.length > 0)) {
      const [logits] = await logitsOf(TFDebertaV2ForMaskedLM.fromPretrained(model), text);
      const ids = tokenizer.encode(text);
      const positions = [...ids.keys()].filter((position) => ids[position] === tokenizer.maskTokenId);
      const size = logits!.length / ids.length;
      for (const [mask, tokens] of masks.entries()) {
        const scores = softmaxOf(logits!.slice(positions[mask]! * size, (positions[mask]! + 1) * size));
        const best = [...scores.keys()]
          .filter((id) => id < tokenizer.length)
          .sort((a, b) => scores[b]! - scores[a]!)
          .slice(0, 3);
        expect(tokens.map(({ token }) => token)).toEqual(best.map((id) => tokenizer.convertIdsToTokens(id)));
        for (const [rank, { score }] of tokens.entries()) expect(score).toBeCloseTo(scores[best[rank]!]!, 5);
      }
    }
  });

  test('lists five unless told otherwise', async () => {
    const [{ masks } = { masks: [] }] = await predict<Filled>([model, 'Call me [MASK].']);
    expect(masks[0]).toHaveLength(5);
  });
});

describe('question answering', () => {
  let model: string;

  beforeAll(async () => {
    model = folder.join('question_answering');
    await saveModel(model, TFDebertaV2ForQuestionAnswering);
  });

  test('answers with words of the context, however long it is', async () => {
    const context = 'Moby Dick was written by Herman Melville in New York.';
    const results = await predict<{ text_pair: string; answer: string; score: number }>([
      model,
      'Who wrote it?',
      '--pair',
      context,
    ]);
    expect(results[0]).toMatchObject({ text: 'Who wrote it?', text_pair: context, score: expect.any(Number) });
    const words = tokenizer.decode(tokenizer.encode(context, { addSpecialTokens: false }));
    expect(words).toContain(results[0]!.answer);
    expect(results[0]!.answer).not.toBe('');
    expect(results[0]!.score).toBeGreaterThan(0);
    expect(await predict([model, 'Who wrote it?', '--pair', context.repeat(50)])).toHaveLength(1);
  });

  test('has no answer where the context is blank or has no room, and says so once', async () => {
    const lines = [' ', 'Moby Dick was written by Herman Melville.'].map((context, index) =>
      JSON.stringify({ text: 'whale '.repeat(100 * index + 1), text_pair: context }),
    );
    const outcome = await runCli(['predict', model, '--max-length', '20'], { stdin: [lines.join('\n')] });
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/^warning: A question has no answer[^\n]*20 tokens\.\n$/);
    for (const result of jsonLines<object>(outcome)) expect(result).toMatchObject({ answer: '', score: 0 });
  });

  test('needs a context', async () => {
    const { code, stderr } = await runCli(['predict', model, 'Who wrote it?']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: This model answers a question about a context[^\n]*--pair[^\n]*\.\n$/);
  });
});

describe('refuses', () => {
  const refused = async (argv: string[], terminal?: Terminal) => {
    const { code, stdout, stderr } = await runCli(['predict', ...argv], terminal);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: [^\n]*[.?]\n$/);
    return { code, stderr };
  };

  test.each([
    ['a bare encoder', 'bare', TFDebertaV2Model, /is a bare encoder, which has no head/],
    [
      'a multiple-choice model',
      'choices',
      TFDebertaV2ForMultipleChoice,
      /use TFDebertaV2ForMultipleChoice in a program/,
    ],
  ] as const)('%s, as wrong usage', async (_name, name, modelClass, message) => {
    await saveModel(folder.join(name), modelClass);
    const { code, stderr } = await refused([folder.join(name), 'a text']);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('a head that is not in the checkpoint, rather than predict noise', async () => {
    const model = folder.join('headless');
    await savePartOf(checkpoint('safetensors'), model, { leaveOut: ['classifier.weight'] });
    const { code, stderr } = await refused([model, 'a text']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/lacks classifier\.weight .*train it first/);
  });

  // One row per case: what is wrong, arguments, streams, exit code, what the sentence says.
  const inputs: Array<[string, string[], Terminal, number, RegExp]> = [
    ['empty standard input', [], { stdin: [] }, 2, /standard input must hold at least one line, received none/],
    ['a terminal without a text', [], { isTty: true }, 2, /There must be a text, received none/],
    [
      'a file that does not exist',
      ['--file', 'no-such-file'],
      {},
      1,
      /no-such-file could not be read: it does not exist/,
    ],
    ['a folder for a file', ['--file', 'tests'], {}, 1, /tests could not be read: it is a folder/],
    ['an empty file', ['--file', '/dev/null'], {}, 2, /\/dev\/null must hold at least one line/],
    ['a backend of the browser', ['a text', '--backend', 'webgl'], {}, 1, /needs a browser with WebGL/],
  ];

  test.each(inputs)('%s', async (_name, argv, terminal, expectedCode, message) => {
    const { code, stderr } = await refused([SPAM, ...argv], terminal);
    expect(code).toBe(expectedCode);
    expect(stderr).toMatch(message);
  });

  test('a line that is no JSON among JSON lines, after the answers to those before it', async () => {
    const outcome = await runCli(['predict', SPAM], { stdin: ['{"text":"a"}\n', 'b\n'] });
    expect(outcome.code).toBe(1);
    expect(jsonLines(outcome)).toHaveLength(1);
    expect(outcome.stderr).toMatch(/^error: Line 2 of standard input must be a JSON object[^\n]*\.\n$/);
  });

  // One row per case: what is wrong with the tokenizer, how it comes about, what the sentence says.
  const tokenizers: Array<[string, (model: string) => Promise<void>, RegExp]> = [
    ['no vocabulary', (model) => rm(`${model}/spm.model`), /No SentencePiece vocabulary was found/],
    ['a vocabulary that is garbage', (model) => writeFile(`${model}/spm.model`, 'garbage'), /spm\.model/],
    [
      'the vocabulary of another model',
      (model) => copyFile(`${SPAM}/spm.model`, `${model}/spm.model`),
      /is this the tokenizer of the model\?/,
    ],
    [
      'settings that are no JSON',
      (model) => writeFile(`${model}/tokenizer_config.json`, '{'),
      /tokenizer_config\.json must be a JSON file/,
    ],
  ];

  test.each(tokenizers)('%s', async (name, damage, message) => {
    const model = folder.join(name.replaceAll(' ', '_'));
    await saveModel(`${model}_whole`, TFDebertaV2ForSequenceClassification);
    await cp(`${model}_whole`, model, { recursive: true });
    await damage(model);
    const { code, stderr } = await refused([model, 'Congratulations! You have won a free prize, linux.']);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});
