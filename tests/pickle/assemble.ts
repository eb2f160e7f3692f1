/** A piece of a pickle: opcodes as letters (each one byte), or bytes. */
export type Piece = string | readonly number[] | Uint8Array;

/** Puts a pickle together. Strings are bytes, one a letter, as Python's table of opcodes names them. */
export function assemble(...pieces: readonly Piece[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece))),
    ),
  );
}

/** A 32-bit number, little-endian. */
export const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

/** A 64-bit number, little-endian. */
export const u64 = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);

/** BINUNICODE. */
export const text = (value: string): Uint8Array => assemble('X', u32(Buffer.byteLength(value)), Buffer.from(value));

/** GLOBAL. */
export const global = (module: string, name: string): string => `c${module}\n${name}\n`;

/** An integer in as many bytes as it takes: LONG1. */
export const int = (value: bigint | number): Uint8Array => {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== 0n && rest !== -1n);
  bytes.push(rest === 0n ? 0 : 0xff);
  return assemble([0x8a, bytes.length], bytes);
};

/** A tuple of what the pieces push. */
export const tuple = (...pieces: readonly Piece[]): Uint8Array => assemble('(', ...pieces, 't');

/** The value that a call of a global gives. */
export const call = (module: string, name: string, ...args: readonly Piece[]): Uint8Array =>
  assemble(global(module, name), tuple(...args), 'R');

/** A dictionary, of keys and values in turns. */
export const dictionary = (...items: readonly Piece[]): Uint8Array => assemble('}(', ...items, 'u');

/** A storage of PyTorch. */
export const storage = (key: string, type: string, length: bigint | number, ...view: readonly Piece[]): Uint8Array =>
  assemble(tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(length), ...view), 'Q');

/** A tensor of PyTorch. */
export const tensor = (
  of: Piece,
  offset: bigint | number,
  shape: readonly (bigint | number)[],
  strides: readonly (bigint | number)[],
): Uint8Array =>
  call(
    'torch._utils',
    '_rebuild_tensor_v2',
    of,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    '\x89',
    call('collections', 'OrderedDict'),
  );

/** A whole pickle of protocol 2. */
export const pickle = (...pieces: readonly Piece[]): Uint8Array => assemble('\x80\x02', ...pieces, '.');
