import { concatenateFiles } from '../../src/sources/concatenate_files';
import type { RandomAccessFile } from '../../src/sources/random_access_file';
import { openZip } from '../../src/sources/zip_archive';
import { memoryFile } from './memory_source';
import { type ZipEnd, type ZipFile, zipBytes } from './zip_bytes';

const HELLO: ZipFile = { name: 'a/hello', data: 'hello, world' };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const zeros = (size: number): RandomAccessFile => ({
  path: 'zeros',
  size,
  read: async (_position, length) => new Uint8Array(length),
  close: async () => undefined,
});
const open = (files: ZipFile[], end?: ZipEnd) => openZip(memoryFile(zipBytes(files, end), 'a.zip'));

describe.each([false, true])('a file in it (packed: %s)', (deflate) => {
  const files: ZipFile[] = [
    { ...HELLO, deflate },
    { name: 'a/empty', data: '', deflate },
  ];

  test('is read whole and in parts, in any order', async () => {
    const zip = await open(files);
    expect([...zip.sizes]).toEqual([
      ['a/hello', 12],
      ['a/empty', 0],
    ]);
    expect(text(await zip.read('a/hello'))).toBe('hello, world');
    expect(text(await zip.read('a/hello', 7, 5))).toBe('world');
    expect(text(await zip.read('a/hello', 0, 5))).toBe('hello');
    expect(text(await zip.read('a/empty'))).toBe('');
  });

  test('may be read by many at once', async () => {
    const zip = await open(files);
    const parts = await Promise.all([0, 3, 6, 9].map((start) => zip.read('a/hello', start, 3)));
    expect(parts.map(text).join('')).toBe('hello, world');
  });

  test('is refused when it is asked for more than it has', async () => {
    const zip = await open(files);
    await expect(() => zip.read('a/hello', 8, 5)).toThrowDebertaError('checkpoint', /has 12 bytes where 13 were/);
    await expect(() => zip.read('a/other')).toThrowDebertaError('checkpoint', /a\/other is missing/);
  });

  test('with a wrong checksum is refused when it has been read', async () => {
    const zip = await open([{ ...HELLO, deflate, crc: 1 }]);
    await expect(() => zip.read('a/hello')).toThrowDebertaError('checkpoint', /checksum|CRC/i);
  });
});

test('a checksum is also compared when the parts follow each other', async () => {
  const zip = await open([{ ...HELLO, crc: 1 }]);
  await zip.read('a/hello', 6, 6);
  await zip.read('a/hello', 0, 6);
  await expect(() => zip.read('a/hello', 6, 6)).toThrowDebertaError('checkpoint', /does not have its checksum/);
});

test('an archive without checksums has none to compare', async () => {
  const zip = await open([{ ...HELLO, crc: 0 }]);
  expect(text(await zip.read('a/hello'))).toBe('hello, world');
});

test('only what is asked for is read of a stored file', async () => {
  const file = memoryFile(zipBytes([{ name: 'large', data: new Uint8Array(1_000_000) }]));
  const zip = await openZip(file);
  file.reads.length = 0;
  await zip.read('large', 500_000, 10);
  expect(file.reads.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(200);
});

test('an archive of more than 4 GiB', async () => {
  const size = 5_000_000_000;
  const big: ZipFile = { name: 'big', data: '', crc: 1, size: 0xffffffff, packedSize: 0xffffffff };
  const head = 30 + big.name.length + 20;
  const files: ZipFile[] = [
    { ...big, zip64: [BigInt(size), BigInt(size)] },
    { ...HELLO, offset: 0xffffffff, zip64: [BigInt(head + size)] },
  ];
  const bytes = zipBytes(files, { zip64: size });
  // Between the header of the first file and the second lie its zeros.
  const parts = [memoryFile(bytes.subarray(0, head)), zeros(size), memoryFile(bytes.subarray(head))];
  const zip = await openZip(concatenateFiles(parts));
  expect(zip.sizes.get('big')).toBe(size);
  expect(text(await zip.read('a/hello'))).toBe('hello, world');
  expect([...(await zip.read('big', size - 3, 3))]).toEqual([0, 0, 0]);
});

describe('archives that are refused when they are opened', () => {
  const cases: Array<[name: string, files: ZipFile[], end: ZipEnd, message: RegExp]> = [
    ['a name that leaves the archive', [{ ...HELLO, name: '../hello' }], {}, /unsafe filename/],
    ['a name that leaves it later', [{ ...HELLO, name: 'a/../../hello' }], {}, /unsafe filename/],
    ['an absolute name', [{ ...HELLO, name: '/etc/passwd' }], {}, /unsafe filename/],
    ["a name of Windows' kind", [{ ...HELLO, name: '..\\hello' }], {}, /unsafe filename/],
    ['two files of one name', [HELLO, HELLO], {}, /two files of one name/],
    ['two files in one place', [HELLO, { ...HELLO, name: 'a/other', offset: 0 }], {}, /two of its files overlap/],
    ['a file within another', [HELLO, { ...HELLO, name: 'a/other', offset: 20 }], {}, /two of its files overlap/],
    ['a stored file larger than its place', [{ ...HELLO, size: 1000 }], {}, /sizes .* contradict each other/],
    ['a stored file smaller than its place', [{ ...HELLO, size: 4 }], {}, /sizes .* contradict each other/],
    [
      'a packed file that would grow beyond what is possible',
      [{ ...HELLO, deflate: true, size: 2 ** 31 }],
      {},
      /contradict/,
    ],
    ['a file that leaves the archive', [{ ...HELLO, packedSize: 5000, size: 5000 }], {}, /leaves the archive/],
    ['a file beyond the archive', [{ ...HELLO, offset: 5000 }], {}, /leaves the archive/],
    ['an encrypted file', [{ ...HELLO, flags: 1 }], {}, /it is encrypted/],
    [
      'zip64 sizes beyond 2^53',
      [{ ...HELLO, size: 0xffffffff, packedSize: 0xffffffff, zip64: [2n ** 60n, 2n ** 60n] }],
      {},
      /could not be read as a zip archive/,
    ],
    [
      'zip64 sizes that no file has',
      [{ ...HELLO, size: 0xffffffff, packedSize: 0xffffffff, zip64: [2n ** 40n, 2n ** 40n] }],
      {},
      /leaves the archive/,
    ],
    ['zip64 sizes that are promised and missing', [{ ...HELLO, size: 0xffffffff, packedSize: 0xffffffff }], {}, /zip/],
    [
      'a zip64 offset beyond the archive',
      [{ ...HELLO, offset: 0xffffffff, zip64: [2n ** 50n] }],
      {},
      /leaves the arch/,
    ],
    ['more files than it lists', [HELLO], { count: 7 }, /central directory/],
  ];
  test.each(cases)('%s', async (_name, files, end, message) => {
    await expect(() => open(files, end)).toThrowDebertaError('checkpoint', message);
  });

  test('a table of contents of a gigabyte', async () => {
    const bytes = zipBytes([HELLO], { directorySize: 2 ** 30, directoryOffset: 0 });
    const size = 2 ** 31;
    const tail = bytes.subarray(-65_557);
    const file = {
      ...memoryFile(bytes),
      size,
      async read(position: number, length: number) {
        expect(length).toBeLessThanOrEqual(2 ** 26);
        const result = new Uint8Array(length);
        const start = size - tail.length - position;
        if (start < length) result.set(tail.subarray(Math.max(0, -start)), Math.max(0, start));
        return result;
      },
    };
    await expect(() => openZip(file)).toThrowDebertaError('checkpoint', /table of contents of at most 67108864 bytes/);
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['something else', new Uint8Array(1000)],
  ])('%s', async (_name, bytes) => {
    await expect(() => openZip(memoryFile(bytes))).toThrowDebertaError('checkpoint', /zip archive/);
  });
});

test.each<[string, ZipEnd]>([
  ['beyond its end', { directoryOffset: 2 ** 31 }],
  ['longer than it', { directorySize: 2 ** 31 }],
])('a table of contents %s is looked for where it ends', async (_name, end) => {
  const zip = await open([HELLO], end);
  expect(text(await zip.read('a/hello'))).toBe('hello, world');
});

describe('files that are refused when they are read', () => {
  const cases: Array<[name: string, file: ZipFile, message: RegExp]> = [
    ['a packed file larger than it says', { ...HELLO, deflate: true, size: 4 }, /larger than it says|size/i],
    ['a packed file smaller than it says', { ...HELLO, deflate: true, size: 40 }, /invalid|size/i],
    [
      'a bomb that says it is small',
      { name: 'bomb', data: new Uint8Array(2 ** 24), deflate: true, size: 1000 },
      /larger than it says|size/i,
    ],
    ['a file of another name in its own header', { ...HELLO, localName: 'a/HELLO' }, /ambiguous archive/],
  ];
  test.each(cases)('%s', async (_name, file, message) => {
    const zip = await open([file]);
    await expect(() => zip.read(file.name)).toThrowDebertaError('checkpoint', message);
  });

  test('packed bytes that cannot be unpacked', async () => {
    const bytes = zipBytes([{ ...HELLO, deflate: true }]);
    bytes.fill(0xff, 30 + HELLO.name.length, 30 + HELLO.name.length + 8);
    const zip = await openZip(memoryFile(bytes));
    await expect(() => zip.read(HELLO.name)).toThrowDebertaError('checkpoint', /zip archive/);
  });

  test('a place where no file begins', async () => {
    const zip = await open([{ ...HELLO, offset: 2 }]);
    await expect(() => zip.read(HELLO.name)).toThrowDebertaError('checkpoint', /local file header not found/);
  });
});

test('a cut or damaged archive is an error or is read right', async () => {
  const whole = zipBytes([HELLO, { name: 'a/packed', data: 'packed '.repeat(20), deflate: true }]);
  const readAll = async (bytes: Uint8Array) => {
    const zip = await openZip(memoryFile(bytes));
    return Promise.all([...zip.sizes.keys()].map(async (name) => [name, text(await zip.read(name))]));
  };
  const right = await readAll(whole);
  for (let length = 0; length < whole.length; length++) {
    await expect(() => readAll(whole.subarray(0, length))).toThrowDebertaError('checkpoint', /zip archive/);
  }
  for (let index = 0; index < whole.length; index++) {
    const damaged = Uint8Array.from(whole);
    damaged[index]! ^= 0x10;
    const result = await readAll(damaged).catch((error: unknown) => error);
    if (Array.isArray(result)) expect(result.map(([, value]) => value)).toEqual(right.map(([, value]) => value));
    else
      expect(() => {
        throw result;
      }).toThrowDebertaError('checkpoint', /get the file again/);
  }
});
