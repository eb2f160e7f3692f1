import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { DebertaError } from '../errors';
import { endProgress } from '../files/terminal_bar';
import { packageVersion } from '../runtime/package_version';
import type { CliIo } from './cli_io';
import { addConvertCommand } from './convert';
import { addConvertTokenizerCommand } from './convert_tokenizer';
import { addDiffCommand } from './diff';
import { addDoctorCommand } from './doctor';
import { EndWith, type ExitCode } from './exit_code';
import { addExportCommand } from './export';
import { addInspectCommand } from './inspect';
import { addNativeCommand } from './native';
import { addPredictCommand } from './predict';
import { addPretrainCommand } from './pretrain';
import { addPruneLayersCommand } from './prune_layers';
import { routeLogs } from './route_logs';
import { addTokenizeCommand } from './tokenize';
import { addTrainCommand } from './train';
import { addTrimVocabularyCommand } from './trim_vocabulary';
import { ClosedPipe, writeText } from './write_text';

const EXAMPLES = `
Examples:
  $ tfjs-deberta doctor
  $ tfjs-deberta native
  $ tfjs-deberta inspect deberta-v3-small
  $ tfjs-deberta convert microsoft/deberta-v3-small deberta-v3-small-tfjs
  $ tfjs-deberta diff deberta-v3-small deberta-v3-small-tfjs
  $ tfjs-deberta export my-classifier serving/my-classifier/1
  $ tfjs-deberta predict my-classifier "You have won a prize"
  $ tfjs-deberta predict my-classifier < texts.txt > labels.jsonl
  $ tfjs-deberta train --task text-classification --model deberta-v3-small --train sms.csv --output my-classifier
  $ tfjs-deberta pretrain --config config.json --tokenizer spm.model --train texts.txt --steps 100000 --output mine
  $ tfjs-deberta tokenize deberta-v3-small "Call me Ishmael."
  $ tfjs-deberta convert-tokenizer spm.model deberta-tokenizer
  $ tfjs-deberta trim-vocabulary microsoft/mdeberta-v3-base german.txt mdeberta-german
  $ tfjs-deberta prune-layers deberta-v3-base deberta-v3-base-6 --keep 0,2,4,6,8,10

Results go to standard output, everything else to standard error.
Exit codes: 0 done, 1 failed, 2 wrong usage; diff and tokenize --compare have those of diff.`;

/**
 * Runs one command.
 *
 * Never throws: what goes wrong is one line `error: …` on standard error, with details after it on `--verbose`.
 *
 * @param argv without the names of node and the script.
 *
 * @example
 * process.exitCode = await run(['inspect', 'deberta-v3-small'], { ...process, signal });
 */
export async function run(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const help: string[] = [];
  const program = createProgram(io, help);
  let restoreLogs = () => {};
  program.hook('preAction', () => {
    restoreLogs = routeLogs(io.stderr, program.opts().verbose ? 'debug' : 'warn');
  });
  try {
    const parsed = program.parseAsync([...argv], { from: 'user' }).finally(() => endProgress(io.stderr));
    await parsed.catch((error) => {
      if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
      return writeText(io.stdout, help.join(''));
    });
    return 0;
  } catch (error) {
    // Without a command: its help is what is missing.
    if (error instanceof CommanderError && error.code === 'commander.help') {
      await writeText(io.stderr, help.join('')).catch(() => undefined);
      return 2;
    }
    return await report(error, program, argv, io);
  } finally {
    restoreLogs();
  }
}

function createProgram(io: CliIo, help: string[]): Command {
  const program = new Command('tfjs-deberta')
    .description('DeBERTa v2 and v3 on TensorFlow.js: convert, inspect, run and train checkpoints.')
    .version(packageVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--verbose', 'print details of errors, and what happens meanwhile')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => help.push(text),
      writeErr: (text) => help.push(text),
      outputError: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const add of [
    addConvertCommand,
    addExportCommand,
    addPredictCommand,
    addTrainCommand,
    addPretrainCommand,
    addTokenizeCommand,
    addConvertTokenizerCommand,
    addTrimVocabularyCommand,
    addPruneLayersCommand,
    addInspectCommand,
    addDiffCommand,
    addDoctorCommand,
    addNativeCommand,
  ]) {
    add(program, io);
  }
  return program;
}

async function report(error: unknown, program: Command, argv: readonly string[], io: CliIo): Promise<ExitCode> {
  if (error instanceof ClosedPipe) return 0;
  if (error instanceof EndWith) {
    if (error.cause === undefined) return error.exitCode;
    const usual = await report(error.cause, program, argv, io);
    return usual === 1 ? error.exitCode : usual;
  }
  const details = program.opts().verbose ? `${inspect(error)}\n` : '';
  const fail = async (sentence: string, code: ExitCode) => {
    await writeText(io.stderr, `error: ${sentence}\n${details}`).catch(() => undefined);
    return code;
  };
  if (io.signal.aborted) return fail('Interrupted.', 130);
  if (error instanceof CommanderError) return fail(usageSentence(error, program, argv), 2);
  return fail(sentenceOf(error), error instanceof DebertaError && error.code === 'usage' ? 2 : 1);
}

function sentenceOf(error: unknown): string {
  if (error instanceof DebertaError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split('\n')[0]!.trim().replace(/\.$/, '');
  return `Something unexpected happened (${line}); run it again with --verbose for the details.`;
}

/** commander's message, which may be several sentences on several lines, as one. */
function usageSentence({ message }: CommanderError, program: Command, argv: readonly string[]): string {
  const text = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim()
    .replace(/\.$/, '');
  const joined = text.replace(/\. ([A-Z])/g, (_, letter: string) => `: ${letter.toLowerCase()}`);
  const command = argv.find((word) => program.commands.some((known) => known.name() === word));
  const help = ['tfjs-deberta', ...(command === undefined ? [] : [command]), '--help'].join(' ');
  return `${joined.charAt(0).toUpperCase()}${joined.slice(1)}; see ${help}.`;
}
