import { InputError } from '../../errors';
import { openForReading } from '../../files/open_for_reading';
import { unreadable } from '../../files/unreadable';
import { readChunks } from '../../sources/read_chunks';

/** Data that are here already or come but once. */
export type OpenedData = { readonly text: string } | Blob | Response | AsyncIterable<Uint8Array | string>;

/**
 * Where data come from: the path of a file (Node only), a text, a `Blob` or `File`, the `Response` of a fetch, chunks
 * of UTF-8, or a function that opens one of these anew for each pass.
 *
 * A `Response` and a generator can be read once only.
 */
export type DataSource = string | OpenedData | (() => OpenedData | Promise<OpenedData>);

/** What messages call a source: a path, a file's name, the end of an address, or `the data`. */
export function sourceName(source: DataSource): string {
  if (typeof source === 'string') return source;
  if (source instanceof Response && source.url !== '') return new URL(source.url).pathname;
  return 'name' in source && typeof source.name === 'string' && source.name !== '' ? source.name : 'the data';
}

/**
 * The chunks of a source, from the beginning.
 *
 * @param name of the source, for messages.
 * @throws {InputError} when it cannot be read, or not once more.
 */
export async function* readSource(source: DataSource, name: string): AsyncGenerator<Uint8Array | string> {
  if (typeof source === 'string') yield* readFile(source);
  else yield* readOpened(typeof source === 'function' ? await source() : source, name);
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  const handle = await openForReading(path);
  try {
    // A stream closes its file, however its reading ends.
    yield* handle.createReadStream() as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Streams that somebody has begun to read. */
const begun = new WeakSet<object>();

async function* readOpened(data: OpenedData, name: string): AsyncGenerator<Uint8Array | string> {
  if ('text' in data && typeof data.text === 'string') yield data.text;
  else if (data instanceof Blob) yield* readChunks(data.stream());
  else if (data instanceof Response) yield* readChunks(bodyOf(data, name));
  else yield* onlyOnce(data as AsyncIterable<Uint8Array | string>, name);
}

function bodyOf(response: Response, name: string): ReadableStream<Uint8Array> | null {
  if (!response.ok) {
    throw new InputError(`${name} could not be read: the server answered ${response.status}; check the address.`, {
      path: name,
      received: response.status,
    });
  }
  return response.bodyUsed ? refuseAgain(name) : response.body;
}

function onlyOnce(chunks: AsyncIterable<Uint8Array | string>, name: string): AsyncIterable<Uint8Array | string> {
  const iterator = chunks[Symbol.asyncIterator]?.();
  if (iterator === undefined) {
    throw new InputError(
      'Data must come from a path, a text, a Blob, a Response, chunks, or a function, received none of these; give { text } for a text.',
      { received: typeof chunks },
    );
  }
  if (begun.has(iterator)) return refuseAgain(name);
  begun.add(iterator);
  return { [Symbol.asyncIterator]: () => iterator };
}

function refuseAgain(name: string): never {
  throw new InputError(
    `${name} can be read only once and has been; give a path, or a function that opens it again for each epoch.`,
    { path: name },
  );
}
