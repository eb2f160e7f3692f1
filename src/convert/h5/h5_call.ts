import type { loadH5 } from './h5_library';

const STANDARD_ERROR = 2;
const WRITE_ONLY = 1;
const CHARACTER_DEVICE = 0o20666;

let depth = 0;

/**
 * Calls functions of the HDF5 library and throws what they report, after they have come to their end.
 *
 * The library can be told to throw where an error occurs. But then what its functions hold at that moment, files
 * included, stays open for ever, and a file that is later put in the place of a damaged one is taken for that one. So
 * here it prints its errors, as C does, and the text is collected.
 *
 * @param act calls the library, and nothing that waits.
 * @throws {Error} with the library's own text.
 */
export function callH5<T>({ module }: Awaited<ReturnType<typeof loadH5>>, act: () => T): T {
  const { streams } = module.FS as unknown as { readonly streams: unknown[] };
  const standardError = streams[STANDARD_ERROR];
  const printed: string[] = [];
  streams[STANDARD_ERROR] = collector(printed);
  module.deactivate_throwing_error_handler();
  depth++;
  try {
    const result = act();
    if (printed.length > 0) throw new Error(printed.join(''));
    return result;
  } finally {
    depth--;
    streams[STANDARD_ERROR] = standardError;
    if (depth === 0) module.activate_throwing_error_handler();
  }
}

/** What Emscripten writes to, as far as it looks at it. */
function collector(printed: string[]) {
  const decoder = new TextDecoder();
  return {
    fd: STANDARD_ERROR,
    flags: WRITE_ONLY,
    node: { mode: CHARACTER_DEVICE },
    seekable: false,
    position: 0,
    stream_ops: {
      write(_stream: unknown, buffer: Int8Array<ArrayBuffer>, offset: number, length: number): number {
        printed.push(decoder.decode(buffer.subarray(offset, offset + length)));
        return length;
      },
    },
  };
}
