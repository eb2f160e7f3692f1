import { type Command, Option } from 'commander';
import { UsageError } from '../errors';
import { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import type { TokenizerAlgorithm } from '../tokenization/fast_tokenizer_parts';
import type { CliIo } from './cli_io';
import { AlgorithmComparison } from './compare_algorithms';
import { type ExampleSource, openExamples } from './example_source';
import { EndWith } from './exit_code';
import { parsePositiveInteger } from './parse_positive_integer';
import { type Example, echo } from './predictors/predictor';
import { printable } from './printable';
import { requireRoom } from './require_room';
import { table } from './table';
import {
  ALGORITHM_OPTION,
  LOWER_CASE_OPTION,
  SPLIT_OPTION,
  type TokenizerFlags,
  tokenizerOptions,
} from './tokenizer_flags';
import { type RowOptions, type TokenRow, tokenRows } from './tokenizer_rows';
import { writeText } from './write_text';

interface TokenizeOptions extends TokenizerFlags {
  readonly pair?: string;
  readonly file?: string;
  readonly format: 'table' | 'jsonl';
  readonly maxLength?: number;
  readonly stride?: number;
  readonly specialTokens: boolean;
  readonly compare?: TokenizerAlgorithm;
}

const EXAMPLES = `
Each text on the command line, or each line of a file or of standard input, gives a table or a line of JSON. Lines are
texts, or all of them JSON: {"text": "…"} or {"text": "…", "text_pair": "…"}. Positions count UTF-16 code units, as
JavaScript's strings do, from 0; special tokens have 0 and 0.

  jsonl  {"text", "tokens", "input_ids", "offset_mapping"}, with "sequence_ids" (0, 1 or null) for pairs; one for each
         part of a text with --stride

--compare prints the texts to which the other algorithm gives other ids, with the tokens of both, and how many they are.
Its exit code is that of diff: 0 all the same, 1 some differ, 2 something failed.

Examples:
  $ tfjs-deberta tokenize deberta-v3-small "Call me Ishmael."
  $ tfjs-deberta tokenize spm.model "Who wrote it?" --pair "Moby-Dick was written by Herman Melville."
  $ tfjs-deberta tokenize my-classifier/tokenizer.json --file texts.txt --format jsonl > tokens.jsonl
  $ tfjs-deberta tokenize deberta-v3-small --file texts.txt --max-length 128 --stride 32 --format jsonl
  $ tfjs-deberta tokenize deberta-v3-small --file texts.txt --compare fast`;

/** Adds `tokenize` to the program. */
export function addTokenizeCommand(program: Command, io: CliIo): void {
  program
    .command('tokenize')
    .summary('show the tokens, ids and positions of texts')
    .description('Show the tokens, ids and positions of texts, or where two algorithms differ.')
    .argument('<tokenizer>', 'folder of a checkpoint, or a file spm.model or tokenizer.json')
    .argument('[text...]', 'texts to tokenize; without any, lines are read')
    .option('--pair <text>', 'second text of every pair that has none of its own')
    .option('--file <file>', 'read lines from a file instead of standard input (-)')
    .addOption(new Option('--format <format>', 'how tokens are printed').choices(['table', 'jsonl']).default('table'))
    .option('--max-length <number>', 'cut off tokens beyond this many', parsePositiveInteger)
    .option(
      '--stride <number>',
      'with --max-length: print what is cut off too, in parts that share this many tokens',
      parsePositiveInteger,
    )
    .option('--no-special-tokens', 'leave [CLS] and [SEP] out')
    .addOption(ALGORITHM_OPTION)
    .addOption(LOWER_CASE_OPTION)
    .addOption(SPLIT_OPTION)
    .addOption(new Option('--compare <algorithm>', 'print where this algorithm differs').choices(['slow', 'fast']))
    .addHelpText('after', EXAMPLES)
    .action((tokenizer: string, texts: string[], options: TokenizeOptions) => tokenize(tokenizer, texts, options, io));
}

async function tokenize(path: string, texts: string[], options: TokenizeOptions, io: CliIo): Promise<void> {
  const { maxLength, stride, specialTokens, compare } = options;
  if (stride !== undefined && maxLength === undefined) {
    throw new UsageError('The option --stride goes with --max-length; add it, or leave --stride out.');
  }
  if (specialTokens) requireRoom(maxLength);
  const rowOptions = { specialTokens, maxLength, stride };
  if (compare === undefined) {
    const tokenizer = await DebertaV2TokenizerFast.fromPretrained(path, tokenizerOptions(options));
    return useExamples(texts, options, io, async (source) => {
      const describe = options.format === 'jsonl' ? describeAsJson : describeAsTable();
      await writeEach(source, io, (example) => describe(example, tokenRows(tokenizer, example, rowOptions)));
    });
  }
  const isDifferent = await compareOn(path, compare, texts, options, rowOptions, io).catch((error) => {
    throw new EndWith(2, error);
  });
  if (isDifferent) throw new EndWith(1);
}

/** Prints where two algorithms differ; whether they do. */
async function compareOn(
  path: string,
  compare: TokenizerAlgorithm,
  texts: string[],
  options: TokenizeOptions,
  rowOptions: RowOptions,
  io: CliIo,
): Promise<boolean> {
  const flags = tokenizerOptions(options);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(path, flags);
  if (tokenizer.algorithm === compare) {
    throw new UsageError(
      `The option --compare must name the other algorithm than ${tokenizer.algorithm}, received ${compare}; change it, or --algorithm.`,
      { received: compare },
    );
  }
  const other = await DebertaV2TokenizerFast.fromPretrained(path, { ...flags, algorithm: compare });
  const comparison = new AlgorithmComparison([tokenizer, other], rowOptions, options.format === 'jsonl');
  await useExamples(texts, options, io, async (source) => {
    await writeEach(source, io, (example) => comparison.describe(example));
    await writeText(io.stdout, comparison.summarize());
  });
  return comparison.hasFound;
}

async function useExamples(
  texts: string[],
  options: TokenizeOptions,
  io: CliIo,
  use: (source: ExampleSource) => Promise<void>,
): Promise<void> {
  const source = await openExamples(texts, options, io);
  try {
    await use(source);
  } finally {
    source.close();
  }
}

async function writeEach({ groups }: ExampleSource, io: CliIo, describe: (example: Example) => string): Promise<void> {
  for await (const examples of groups) {
    io.signal.throwIfAborted();
    await writeText(io.stdout, examples.map(describe).join(''));
  }
}

function describeAsJson(example: Example, rows: readonly TokenRow[]): string {
  return rows
    .map(({ sequence_ids, ...row }) => ({
      ...echo(example),
      ...row,
      ...(example.textPair !== undefined && { sequence_ids }),
    }))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

/** Describes rows one after the other, with an empty line between any two. */
function describeAsTable(): (example: Example, rows: readonly TokenRow[]) => string {
  let isFirst = true;
  return (example, rows) =>
    rows
      .map((row) => {
        const separator = isFirst ? '' : '\n';
        isFirst = false;
        return `${separator}${tableOf(example, row)}`;
      })
      .join('');
}

function tableOf({ text, textPair = '' }: Example, row: TokenRow): string {
  const { tokens, input_ids, offset_mapping, sequence_ids } = row;
  const cells = tokens.map((token, index) => {
    const [start, end] = offset_mapping[index]!;
    const sequence = sequence_ids[index];
    const found = (sequence === 1 ? textPair : text).slice(start, end);
    const place = sequence == null ? '' : JSON.stringify(found);
    return [printable(token), String(input_ids[index]), String(start), String(end), place];
  });
  return table(cells, ['token', 'id', 'start', 'end', 'text']);
}
