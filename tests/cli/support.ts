import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { CliIo } from '../../src/cli/cli_io';
import type { ExitCode } from '../../src/cli/exit_code';
import { run } from '../../src/cli/run';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';

const FIXTURES = join(__dirname, '..', 'fixtures');

/** A checkpoint of the reference; none has a tokenizer. */
export const checkpoint = (name: string, ...file: string[]) => join(FIXTURES, 'checkpoints', name, ...file);

/** A vocabulary the reference knows. */
export const VOCABULARY = join(FIXTURES, 'tokenizer', 'plain', 'spm.model');

/** Rows of the embedding table that hold its tokens, `[MASK]` included, and one more that no token has. */
export const VOCABULARY_SIZE = 2002;

/** What a command left behind. */
export interface Outcome {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Streams of a command run within the test. */
export interface Terminal {
  /** Standard input, or chunks of it; none by default. */
  readonly stdin?: Readable | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  /** Whether the streams are terminals, or standard error alone; false by default. */
  readonly isTty?: boolean | 'stderr';
  readonly signal?: AbortSignal;
  /** Called with what is written to standard output; may throw what a stream would report. */
  readonly onOutput?: (text: string) => void;
  /** The same for standard error. */
  readonly onError?: (text: string) => void;
}

/** Runs a command without a process. */
export async function runCli(argv: readonly string[], terminal: Terminal = {}): Promise<Outcome> {
  const { stdin = [], isTty = false, signal = new AbortController().signal, onOutput, onError } = terminal;
  const written = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') => {
    const stream = new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        try {
          written[name] += text;
          (name === 'stdout' ? onOutput : onError)?.(text);
          done();
        } catch (error) {
          done(error as Error);
        }
      },
    });
    stream.on('error', () => {});
    return Object.assign(stream, { isTTY: isTty === true || isTty === name, columns: 100 });
  };
  const io: CliIo = {
    stdin: Object.assign(stdin instanceof Readable ? stdin : Readable.from(stdin), { isTTY: isTty === true }),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    signal,
  };
  const code = await run(argv, io);
  return { code, ...written };
}

/** The JSON lines a command printed. */
export function jsonLines<T>({ stdout }: Outcome): T[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** A folder for all tests of a file, removed after them. */
export function useSharedFolder(): { readonly path: string; join: (...parts: string[]) => string } {
  const folder = { path: '', join: (...parts: string[]) => join(folder.path, ...parts) };
  beforeAll(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'tfjs-deberta-v2-'));
  });
  afterAll(() => rm(folder.path, { recursive: true, force: true }));
  return folder;
}

/** Saves a small model with random weights, always the same, and a tokenizer. */
export async function saveModel(
  folder: string,
  modelClass: ModelClass<TFDebertaV2PreTrainedModel>,
  changes: DebertaV2ConfigInput = {},
): Promise<void> {
  const config = new DebertaV2Config({
    vocabSize: VOCABULARY_SIZE,
    hiddenSize: 8,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 12,
    maxPositionEmbeddings: 24,
    relativeAttention: true,
    positionBuckets: 4,
    posAttType: 'p2c|c2p',
    shareAttKey: true,
    normRelEbd: 'layer_norm',
    positionBiasedInput: false,
    // Large weights, so that predictions differ.
    initializerRange: 0.5,
    ...changes,
  });
  const model = new modelClass(config, { seed: 7 });
  await model.savePretrained(folder, { format: 'safetensors' });
  await copyFile(VOCABULARY, join(folder, 'spm.model'));
  model.dispose();
}
