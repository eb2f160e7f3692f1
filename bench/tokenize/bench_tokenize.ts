import { dependencies, devDependencies } from '../../package.json';
import { describeMachine } from '../describe_machine';
import { markdownTable } from '../markdown_table';
import { agreements } from './agreement';
import { LOAD_HEAD, loadRows } from './load_rows';
import { memoryHead, memoryRows } from './memory_rows';
import { OURS, PARTICIPANTS, RUST, startParticipant } from './participants';
import type { Opened } from './protocol';
import { type Racer, race } from './race';
import { type RaceRow, speedTable } from './speed_table';
import { STREAM_HEAD, streamRows } from './stream_rows';
import { TEXT_NAMES, type TextName, textFile } from './texts';
import { FORMS, OUTPUTS } from './tokenizer';
import { makeVocabularies, TEXT_FOLDER, VOCABULARY_SIZES, vocabularyFile } from './vocabularies';

/** Options of {@link benchTokenize}. */
export interface TokenizeBenchOptions {
  /** A Python with `tests/reference/requirements.txt`, which trains the vocabularies. */
  readonly python?: string;
  /** Calls of each participant for each cell. */
  readonly rounds: number;
  /** Only sees whether everything works. */
  readonly quick: boolean;
}

/** How much is measured. */
interface Extent {
  readonly rounds: number;
  readonly bytesOfSlice: number;
  readonly loads: number;
  /** Megabytes of text after which memory is read. */
  readonly marks: readonly number[];
  /** Text for `encodeBatch`. */
  readonly streamBytes: number;
}

const [SPEED_SIZE, LOAD_SIZE] = VOCABULARY_SIZES;

function extentOf({ rounds, quick }: TokenizeBenchOptions): Extent {
  if (quick) return { rounds: 1, bytesOfSlice: 2e4, loads: 1, marks: [0.1, 0.5, 1], streamBytes: 1e6 };
  return { rounds, bytesOfSlice: 5e5, loads: 7, marks: [10, 50, 100], streamBytes: 5e7 };
}

/**
 * Times this package's tokenizer beside the npm packages `tokenizers`, `@huggingface/tokenizers` and
 * `sentencepiece-js` on the same vocabulary.
 *
 * Every participant is a process of its own with one thread, and all encode the same lines by turns. The ids are
 * compared first.
 *
 * @returns Markdown.
 * @throws {Error} when participants disagree on more than a few lines, or a process ends early.
 */
export async function benchTokenize(options: TokenizeBenchOptions): Promise<string> {
  const extent = extentOf(options);
  const field = describeField();
  await makeVocabularies(options.python);
  return [
    field,
    ...(await raceSections(extent)),
    '### Memory',
    await memorySection(extent),
    '### Loading',
    await loadSection(extent),
    '### Streams',
    await streamSection(extent),
  ].join('\n\n');
}

function describeField(): string {
  // Exact versions, as everywhere in that file.
  const packages = { ...dependencies, ...devDependencies };
  const peers = (['tokenizers', '@huggingface/tokenizers', 'sentencepiece-js'] as const).map(
    (name) => `${name} ${packages[name]}`,
  );
  const threads = 'one for every participant (`TOKENIZERS_PARALLELISM=false`, `RAYON_NUM_THREADS=1`)';
  return describeMachine({ threads, packages: peers });
}

async function raceSections(extent: Extent): Promise<string[]> {
  const rows: RaceRow[] = [];
  const shares = new Map<TextName, ReadonlyMap<string, number>>();
  await useRacers(async (racers) => {
    for (const text of TEXT_NAMES) {
      tell(text);
      const request = { do: 'prepare', path: textFile(TEXT_FOLDER, text), bytesOfSlice: extent.bytesOfSlice };
      for (const { process } of racers) await process.ask(request);
      shares.set(text, await agreements(racers, OURS.name));
      rows.push(...(await raceText(text, racers, extent)));
    }
  });
  return [
    '### Lines with the same ids',
    agreementTable(shares),
    '### Speed',
    speedTable(RUST.name, namesBut(RUST.name), rows),
  ];
}

/** Starts the participants and loads the vocabulary into each, and ends them after use. */
async function useRacers(use: (racers: readonly Racer[]) => Promise<void>): Promise<void> {
  const started = PARTICIPANTS.map((spec) => ({ spec, process: startParticipant(spec) }));
  try {
    const racers: Racer[] = [];
    for (const { spec, process } of started) {
      const path = vocabularyFile(SPEED_SIZE, spec.format);
      const { abilities } = await process.ask<Opened>({ do: 'open', path });
      racers.push({ name: spec.name, process, abilities });
    }
    await use(racers);
  } finally {
    await Promise.all(started.map(({ process }) => process.close()));
  }
}

async function raceText(text: TextName, racers: readonly Racer[], { rounds }: Extent): Promise<RaceRow[]> {
  const rows: RaceRow[] = [];
  for (const form of FORMS) {
    for (const output of OUTPUTS) rows.push({ text, form, output, results: await race(racers, form, output, rounds) });
  }
  return rows;
}

function agreementTable(shares: ReadonlyMap<TextName, ReadonlyMap<string, number>>): string {
  const others = namesBut(OURS.name);
  return markdownTable(
    ['text', ...others],
    Array.from(shares, ([text, row]) => [text, ...others.map((name) => `${(100 * row.get(name)!).toFixed(2)} %`)]),
  );
}

async function memorySection({ marks }: Extent): Promise<string> {
  tell('memory');
  return markdownTable(memoryHead(marks), await memoryRows(PARTICIPANTS, SPEED_SIZE, marks));
}

async function loadSection({ loads }: Extent): Promise<string> {
  tell('loading');
  return markdownTable(LOAD_HEAD, await loadRows(PARTICIPANTS, LOAD_SIZE, loads));
}

async function streamSection({ streamBytes }: Extent): Promise<string> {
  tell('streams');
  return markdownTable(STREAM_HEAD, await streamRows(SPEED_SIZE, streamBytes));
}

function namesBut(left: string): string[] {
  return PARTICIPANTS.map(({ name }) => name).filter((name) => name !== left);
}

function tell(what: string): void {
  process.stderr.write(`${what}…\n`);
}
