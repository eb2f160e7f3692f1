import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { refuseExisting, writeFileAtomically, writeFolderAtomically } from '../files/atomic_write';
import { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import { SentencePieceModel } from '../tokenization/sentencepiece/sentencepiece_model';
import { readTokenizerSource } from '../tokenization/tokenizer_source';
import type { CliIo } from './cli_io';
import { formatCount } from './format_count';
import {
  ALGORITHM_OPTION,
  LOWER_CASE_OPTION,
  SPLIT_OPTION,
  type TokenizerFlags,
  tokenizerOptions,
} from './tokenizer_flags';
import { vocabularyText } from './vocabulary_text';
import { writeText } from './write_text';

interface ConvertTokenizerOptions extends TokenizerFlags {
  readonly vocabOnly?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** What was written. */
interface Report {
  readonly output: string;
  readonly files: readonly string[];
  /** Of the model, without added tokens. */
  readonly pieces: number;
  /** Added tokens included; null where only the vocabulary was written. */
  readonly tokens: number | null;
  /** Whose tokens tokenizer.json gives; null where there is none. */
  readonly algorithm: string | null;
}

/** File name of the vocabulary as text. */
const TEXT_FILE = 'spm.vocab';

const EXAMPLES = `
The folder gets tokenizer.json, which Hugging Face's libraries read, the settings beside it, spm.model, and spm.vocab:
the pieces in the order of their ids, a line each (piece, tab, score), as spm_export_vocab of SentencePiece writes them.
The output appears when it is complete.

tokenizer.json gives the tokens of one algorithm: slow (byte fallback, as DeBERTa was trained; a few texts come out
otherwise, see docs/tokenization.md) or fast (what Hugging Face's own conversion gives).

Examples:
  $ tfjs-deberta convert-tokenizer spm.model deberta-tokenizer
  $ tfjs-deberta convert-tokenizer deberta-v3-small deberta-tokenizer --algorithm fast --overwrite
  $ tfjs-deberta convert-tokenizer spm.model spm.vocab --vocab-only`;

/** Adds `convert-tokenizer` to the program. */
export function addConvertTokenizerCommand(program: Command, io: CliIo): void {
  program
    .command('convert-tokenizer')
    .summary('write tokenizer.json and the vocabulary as text')
    .description('Convert an spm.model to tokenizer.json and write its vocabulary as text.')
    .argument('<tokenizer>', 'folder of a checkpoint that holds spm.model, or that file')
    .argument('<output>', 'folder to make, or, with --vocab-only, the text file')
    .addOption(ALGORITHM_OPTION)
    .addOption(LOWER_CASE_OPTION)
    .addOption(SPLIT_OPTION)
    .option('--vocab-only', 'write nothing but the vocabulary as text')
    .option('--overwrite', 'replace the output if it exists')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action((source: string, output: string, options: ConvertTokenizerOptions) =>
      convertTokenizer(source, output, options, io),
    );
}

async function convertTokenizer(
  source: string,
  output: string,
  options: ConvertTokenizerOptions,
  io: CliIo,
): Promise<void> {
  const { model: file } = await readTokenizerSource(source, false);
  const model = SentencePieceModel.fromBytes(file!.bytes, file!.path);
  const report = options.vocabOnly
    ? await writeVocabulary(model, output, options)
    : await writeTokenizer(source, model, output, options, io);
  await writeText(io.stdout, options.json ? `${JSON.stringify(report)}\n` : describe(report));
}

async function writeVocabulary(
  model: SentencePieceModel,
  output: string,
  { overwrite = false }: ConvertTokenizerOptions,
): Promise<Report> {
  await refuseExisting(output, overwrite);
  await writeFileAtomically(output, vocabularyText(model));
  return { output, files: [basename(output)], pieces: model.pieces.length, tokens: null, algorithm: null };
}

async function writeTokenizer(
  source: string,
  model: SentencePieceModel,
  output: string,
  { overwrite = false, ...flags }: ConvertTokenizerOptions,
  io: CliIo,
): Promise<Report> {
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(source, tokenizerOptions(flags));
  const files: string[] = [];
  await writeFolderAtomically(output, { overwrite }, async (folder) => {
    const saved = await tokenizer.savePretrained(folder);
    await writeFile(join(folder, TEXT_FILE), vocabularyText(model));
    files.push(...saved.map((path) => basename(path)), TEXT_FILE);
    io.signal.throwIfAborted();
  });
  const { vocabSize: pieces, length: tokens, algorithm } = tokenizer;
  return { output, files: files.sort(), pieces, tokens, algorithm };
}

function describe({ output, files, pieces, tokens, algorithm }: Report): string {
  if (tokens === null) return `Vocabulary of ${formatCount(pieces)} pieces written to ${output}.\n`;
  const lines = [
    `Tokenizer of ${formatCount(tokens)} tokens, algorithm ${algorithm}, written to ${output}.`,
    `Files: ${files.join(', ')}.`,
  ];
  return `${lines.join('\n')}\n`;
}
