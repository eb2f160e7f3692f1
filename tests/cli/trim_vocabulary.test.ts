import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import { jsonLines, runCli, saveModel, useSharedFolder, VOCABULARY_SIZE } from './support';

const folder = useSharedFolder();
const TEXTS = ['The whale is in the sea.', 'Call me Ishmael.', 'A ship, and the ship again.'];
let source: string;
let corpus: string;
beforeAll(async () => {
  source = folder.join('classifier');
  await saveModel(source, TFDebertaV2ForSequenceClassification);
  corpus = folder.join('corpus.txt');
  writeFileSync(corpus, `${TEXTS.join('\n')}\n`);
});

const TOKENIZER_FILES = [
  'added_tokens.json',
  'special_tokens_map.json',
  'spm.model',
  'tokenizer.json',
  'tokenizer_config.json',
];

describe('trim-vocabulary', () => {
  test('writes a checkpoint that answers the texts as before, with its tokenizer', async () => {
    const output = folder.join('trimmed');
    const outcome = await runCli(['trim-vocabulary', source, corpus, output]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toMatch(
      /^Vocabulary of 2,002 rows trimmed to \d+ in .*trimmed\.\nWeights of \d+\.\d kB became .* \(float32\)\.\n3 texts, \d+ tokens, \d+ different ones, 100\.00 % of all kept; 0 cut otherwise than before\.\n$/,
    );
    expect(readdirSync(output).sort()).toEqual(
      [...TOKENIZER_FILES, 'config.json', 'group1-shard1of1.bin', 'model.json'].sort(),
    );
    const logitsOf = async (place: string) => {
      const model = await TFDebertaV2ForSequenceClassification.fromPretrained(place);
      const batches = await Promise.all(
        [DebertaV2Tokenizer, DebertaV2TokenizerFast].map(async (read) =>
          (await read.fromPretrained(place)).call(TEXTS, { padding: true, returnTensors: 'tf' }),
        ),
      );
      return batches.map((batch) => model.forward(batch).logits);
    };
    const [slow, fast] = await logitsOf(source);
    const [slowAfter, fastAfter] = await logitsOf(output);
    expect(slowAfter!).toBeCloseToTensor(slow!, 0);
    expect(fastAfter!).toBeCloseToTensor(fast!, 0);
  });

  test('takes columns of several data files, tokens to keep, a least count, a format and a task', async () => {
    const csv = folder.join('pairs.csv');
    writeFileSync(csv, 'premise,hypothesis\nThe whale,the sea\nThe whale,a ship\n');
    const lines = folder.join('more.jsonl');
    writeFileSync(lines, '{"premise": "The whale", "hypothesis": "the sea"}\n');
    const output = folder.join('pairs');
    const flags = ['--text-columns', 'premise,hypothesis', '--keep', '▁Ishmael', '--keep', '▁boat', '--min-count', '2'];
    const argv = ['trim-vocabulary', source, csv, lines, output, ...flags, '--to', 'safetensors', '--json'];
    const outcome = await runCli([...argv, '--task', 'feature-extraction']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const [report] = jsonLines<{ rowsAfter: number }>(outcome);
    expect(report).toMatchObject({ output, texts: 6, changedTexts: 1, rowsBefore: VOCABULARY_SIZE });
    const model = await TFDebertaV2Model.fromPretrained(output);
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(output);
    expect(model.loadingInfo.missingKeys).toEqual([]);
    expect([model.config.vocabSize, tokenizer.length]).toEqual([report!.rowsAfter, report!.rowsAfter]);
    expect(tokenizer.tokenize('The whale')).toEqual(['▁The', '▁whale']);
    expect(tokenizer.convertTokensToIds(['▁Ishmael', '▁boat'])).not.toContain(tokenizer.unkTokenId);
    expect(tokenizer.convertTokensToIds('▁ship')).toBe(tokenizer.unkTokenId);
  });

  test('a masked-LM model fills masks as before, with --algorithm fast and without a second look', async () => {
    const place = folder.join('masked');
    await saveModel(place, TFDebertaV2ForMaskedLM);
    const output = folder.join('masked-small');
    const flags = ['--algorithm', 'fast', '--no-verify'];
    const outcome = await runCli(['trim-vocabulary', place, corpus, output, ...flags]);
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/not compared\.\n$/) });
    const [before, after] = await Promise.all(
      [place, output].map((model) => runCli(['predict', model, 'The [MASK] is in the sea.', '--top-k', '2000'])),
    );
    type Filled = { masks: { token: string; score: number }[][] };
    const tokensOf = (run: typeof before) => jsonLines<Filled>(run!)[0]!.masks[0]!.map(({ token }) => token);
    const small = await DebertaV2TokenizerFast.fromPretrained(output);
    const left = tokensOf(before).filter((token) => small.getVocab().has(token));
    expect(small.algorithm).toBe('fast');
    expect(tokensOf(after).slice(0, 20)).toEqual(left.slice(0, 20));
  });

  const refused: [name: string, argv: () => string[], code: number, message: RegExp][] = [
    ['no corpus', () => [folder.join('refused')], 2, /a file of texts and then the folder to make, received .* alone/],
    ['a corpus that does not exist', () => [folder.join('nothing.txt'), folder.join('refused')], 1, /nothing\.txt/],
    ['an empty corpus', () => [folder.join('empty.txt'), folder.join('refused')], 1, /at least one row/],
    ['a file of an unknown format', () => [folder.join('corpus.doc'), folder.join('refused')], 1, /must end in/],
    ['a column that is not there', () => [folder.join('a.csv'), folder.join('refused')], 1, /must have a column text/],
    ['what is no UTF-8', () => [folder.join('latin.txt'), folder.join('refused')], 1, /Line 2 .* must be UTF-8/],
    ['a token that does not exist', () => [corpus, folder.join('refused'), '--keep', 'xyzzy'], 1, /received "xyzzy"/],
    ['a count of 0', () => [corpus, folder.join('refused'), '--min-count', '0'], 2, /at least 1/],
    ['a format there is none of', () => [corpus, folder.join('refused'), '--to', 'onnx'], 2, /choices are/],
  ];
  test.each(refused)('%s: is refused, and nothing is written', async (_name, argv, code, message) => {
    writeFileSync(folder.join('empty.txt'), '');
    writeFileSync(folder.join('corpus.doc'), 'the sea');
    writeFileSync(folder.join('a.csv'), 'a,b\n1,2\n');
    writeFileSync(folder.join('latin.txt'), Buffer.from('the sea\ncaf\xe9\n', 'latin1'));
    const outcome = await runCli(['trim-vocabulary', source, ...argv()]);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(existsSync(folder.join('refused'))).toBe(false);
  });

  test('a forgotten output never costs a file of the corpus', async () => {
    const other = folder.join('other.txt');
    writeFileSync(other, 'the sea\n');
    const outcome = await runCli(['trim-vocabulary', source, corpus, other, '--overwrite']);
    expect(outcome).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/must be a folder to make, and is a file/),
    });
    expect(readFileSync(other, 'utf8')).toBe('the sea\n');
  });

  test('a checkpoint without a tokenizer is refused', async () => {
    const bare = folder.join('bare');
    const model = await TFDebertaV2ForSequenceClassification.fromPretrained(source);
    await model.savePretrained(bare);
    const outcome = await runCli(['trim-vocabulary', bare, corpus, folder.join('refused')]);
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringMatching(/No SentencePiece vocabulary was found/) });
    expect(existsSync(folder.join('refused'))).toBe(false);
  });

  test('leaves no tensor, and nothing when it is interrupted', async () => {
    const tensors = tf.memory().numTensors;
    const output = folder.join('interrupted');
    const argv = ['trim-vocabulary', source, corpus, output];
    expect(await runCli(argv, { signal: AbortSignal.abort() })).toMatchObject({ code: 130 });
    expect(existsSync(output)).toBe(false);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
