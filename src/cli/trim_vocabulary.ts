import { type Command, Option } from 'commander';
import { trimVocabulary, type VocabularyReport } from '../compression/trim_vocabulary';
import { toPlainText } from '../data/examples/plain_text';
import { DATA_FORMATS, type DataFormat, readExamples } from '../data/readers/read_examples';
import { UsageError } from '../errors';
import { formatBytes } from '../files/format_bytes';
import { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import type { CliIo } from './cli_io';
import { formatCount } from './format_count';
import { parsePositiveInteger } from './parse_positive_integer';
import { addRewriteFlags, type RewriteFlags, rewriteCheckpoint } from './rewrite_checkpoint';
import { PLACE, sourceOptions } from './source_flags';
import { ALGORITHM_OPTION, type TokenizerFlags, tokenizerOptions } from './tokenizer_flags';
import { parseList } from './training/parse_list';
import { writeText } from './write_text';

interface CorpusFlags {
  readonly format?: DataFormat;
  readonly textColumns?: readonly string[];
}

interface TrimFlags extends RewriteFlags, CorpusFlags, Pick<TokenizerFlags, 'algorithm'> {
  readonly keep: readonly string[];
  readonly minCount: number;
  readonly verify: boolean;
}

const EXAMPLES = `
The corpus are text files, a text a line, or data files (JSON lines, CSV and others) with a column of texts. It is read
twice: to count, and to see that the new tokenizer cuts each text as the old one did. On these texts the hidden states
are the same, bit by bit; other texts come out in smaller pieces, in bytes, or as [UNK].

The output has the model, the tokenizer that goes with it, and the token ids in config.json renumbered. Anything that
holds ids of the old tokenizer does not fit it.

Examples:
  $ tfjs-deberta trim-vocabulary microsoft/mdeberta-v3-base german.txt mdeberta-german --task feature-extraction
  $ tfjs-deberta trim-vocabulary my-classifier train.csv test.csv small --text-columns premise,hypothesis
  $ tfjs-deberta trim-vocabulary my-masked-lm corpus.txt small --min-count 3 --keep ▁good --keep ▁bad`;

/** Adds `trim-vocabulary` to the program. */
export function addTrimVocabularyCommand(program: Command, io: CliIo): void {
  const command = program
    .command('trim-vocabulary')
    .summary('drop the tokens that a corpus does not use')
    .description('Write a checkpoint and its tokenizer without the tokens that a corpus does not use.')
    .usage('[options] <checkpoint> <corpus...> <output>')
    .argument('<checkpoint>', PLACE)
    .argument('<paths...>', 'files of texts, and behind them the folder to make')
    .addOption(new Option('--format <format>', 'format of the files (default: by extension)').choices(DATA_FORMATS))
    .option('--text-columns <names>', 'columns of texts (default: text, document or content)', parseList)
    .option('--keep <token>', 'a token to keep in any case; may be given several times', append, [])
    .option('--min-count <number>', 'how often a token must come to be kept', parsePositiveInteger, 1)
    .option('--no-verify', 'do not cut the corpus again by the new tokenizer')
    .addOption(ALGORITHM_OPTION);
  addRewriteFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((checkpoint: string, paths: string[], flags: TrimFlags) => trim(checkpoint, paths, flags, io));
}

function append(token: string, tokens: readonly string[]): string[] {
  return [...tokens, token];
}

async function trim(checkpoint: string, paths: readonly string[], flags: TrimFlags, io: CliIo): Promise<void> {
  const files = paths.slice(0, -1);
  const output = paths.at(-1)!;
  if (files.length === 0) {
    throw new UsageError(
      `There must be a file of texts and then the folder to make, received ${output} alone; name both after the checkpoint.`,
      { path: 'corpus', expected: 'a file and a folder', received: output },
    );
  }
  const { keep, minCount, verify, json } = flags;
  const report = await rewriteCheckpoint(checkpoint, output, flags, io, async (model, { source }) => {
    const options = { ...sourceOptions(flags, io), ...tokenizerOptions(flags) };
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(source.location, options);
    const corpus = () => textsOf(files, flags, io);
    const trimmed = await trimVocabulary(model, tokenizer, corpus, { keep, minCount, verify });
    return { report: trimmed.report, writeOthers: (folder) => trimmed.tokenizer.savePretrained(folder) };
  });
  await writeText(io.stdout, json ? `${JSON.stringify({ output, ...report })}\n` : describe(output, report));
}

async function* textsOf(files: readonly string[], flags: CorpusFlags, { signal }: CliIo): AsyncGenerator<string> {
  const { format, textColumns = [undefined] } = flags;
  for (const file of files) {
    const rows = readExamples(file, format && { format });
    const texts = rows.map((row) =>
      textColumns.map((text) => toPlainText(row, text === undefined ? {} : { text }).text),
    );
    for await (const ofRow of texts) {
      signal.throwIfAborted();
      yield* ofRow;
    }
  }
}

function describe(output: string, report: VocabularyReport): string {
  const { rowsBefore, rowsAfter, bytesBefore, bytesAfter, texts, tokens, usedTokens, coverage, changedTexts } = report;
  const [before, after] = [bytesBefore, bytesAfter].map(formatBytes);
  const changed =
    changedTexts === undefined ? 'not compared' : `${formatCount(changedTexts)} cut otherwise than before`;
  const lines = [
    `Vocabulary of ${formatCount(rowsBefore)} rows trimmed to ${formatCount(rowsAfter)} in ${output}.`,
    `Weights of ${before} became ${after} (float32).`,
    `${formatCount(texts)} texts, ${formatCount(tokens)} tokens, ${formatCount(usedTokens)} different ones, ${(100 * coverage).toFixed(2)} % of all kept; ${changed}.`,
  ];
  return `${lines.join('\n')}\n`;
}
