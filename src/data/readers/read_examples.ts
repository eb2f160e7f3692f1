import { InputError } from '../../errors';
import { type ConllOptions, readConll } from './conll';
import { type DataSource, sourceName } from './data_source';
import { type DelimitedOptions, readDelimited } from './delimited';
import { type BadRowPolicy, ExampleStream } from './example_stream';
import { readJsonLines } from './json_lines';
import { readJsonRows } from './json_rows';
import type { BadRow, Row } from './row';
import { readSquad } from './squad';
import { readTextDocuments, type TextDocumentOptions } from './text_documents';
import { TextPieces } from './text_pieces';

type Reader = (text: TextPieces, options: ReadOptions) => AsyncIterable<Row | BadRow>;

const READERS = {
  jsonl: readJsonLines,
  json: readJsonRows,
  squad: readSquad,
  csv: (text, options) => readDelimited(text, ',', options),
  tsv: (text, options) => readDelimited(text, '\t', options),
  conll: readConll,
  text: readTextDocuments,
} satisfies Record<string, Reader>;

/** A format of data files; `json` is an array of objects, SQuAD's object, or JSON lines, as the text begins. */
export type DataFormat = keyof typeof READERS;

/** Names of all formats. */
export const DATA_FORMATS = Object.keys(READERS) as readonly DataFormat[];

const BY_EXTENSION: Readonly<Record<string, DataFormat>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
  conll: 'conll',
  iob: 'conll',
  bio: 'conll',
  txt: 'text',
};

/** Options of {@link readExamples}; those of other formats than the source's are ignored. */
export interface ReadOptions extends DelimitedOptions, ConllOptions, TextDocumentOptions {
  /** By the extension of the name by default. */
  readonly format?: DataFormat;
  /** What messages call the source; its own name by default. */
  readonly name?: string;
  /** What to do with a row that cannot be used: `'fail'` by default. */
  readonly onBadRow?: BadRowPolicy;
}

/**
 * The rows of a data file, as a stream that is read anew in each pass and holds a row at a time.
 *
 * @throws {InputError} for a source whose format is not known; while reading, for what cannot be read, is empty or is
 *   not written as its format wants, with the number of the line.
 *
 * @example
 * const rows = readExamples('train.jsonl');
 * const examples = rows.map((row) => toTextExample(row, { text: 'review', labelNames: ['bad', 'good'] }));
 */
export function readExamples(source: DataSource, options: ReadOptions = {}): ExampleStream<Row> {
  const name = options.name ?? sourceName(source);
  const reader: Reader = READERS[options.format ?? formatOf(name)] ?? refuseFormat(name, options.format);
  return new ExampleStream(
    name,
    () => reader(new TextPieces(source, name), options),
    (row) => row,
    options.onBadRow ?? 'fail',
  );
}

function formatOf(name: string): DataFormat {
  const extension = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase();
  return BY_EXTENSION[extension ?? ''] ?? refuseFormat(name, extension);
}

function refuseFormat(name: string, received: string | undefined): never {
  const extensions = Object.keys(BY_EXTENSION).map((extension) => `.${extension}`);
  throw new InputError(
    `${name} must end in ${extensions.join(', ')}, or have a format (${DATA_FORMATS.join(', ')}), received ${received ?? 'neither'}; give format.`,
    { path: name, expected: DATA_FORMATS, received },
  );
}
