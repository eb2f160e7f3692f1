import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { partialPrefix } from '../../src/files/partial_name';
import { settleLeftovers } from '../../src/files/settle_leftovers';

/** No system counts so far. */
const GONE = 2 ** 31 - 1;
const TWO_DAYS_MS = 2 * 24 * 60 * 60 * 1000;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'settle-leftovers-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const target = () => join(root, 'out');
const own = () => `${partialPrefix(target())}Ab12Cd`;
const gone = () => own().replace(`-${process.pid}-`, `-${GONE}-`);
const elsewhere = () => own().replace(/-[0-9a-f]{8}-/, '-00000000-');

const cases: Array<[string, left: () => string, daysOld: boolean, stays: boolean]> = [
  ['of a process that is gone', gone, false, false],
  ['of a process at work', own, false, true],
  ['of another machine', elsewhere, false, true],
  ['of another machine, days old', elsewhere, true, false],
  ['of an earlier version of this package', () => `${target()}.partial-Ab12Cd`, false, true],
  ['of an earlier version of this package, days old', () => `${target()}.partial-Ab12Cd`, true, false],
  ['of another target', () => gone().replace('out.', 'out2.'), true, true],
  ['of nobody', () => join(root, 'out-partial'), true, true],
];
test.each(cases)('a leftover %s', async (_name, left, daysOld, stays) => {
  await mkdir(left());
  await writeFile(join(left(), 'a.txt'), 'half');
  const then = new Date(Date.now() - (daysOld ? TWO_DAYS_MS : 0));
  await utimes(left(), then, then);
  await settleLeftovers(target());
  expect(await readdir(root)).toEqual(stays ? [basename(left())] : []);
});

test('a file is removed as well', async () => {
  await writeFile(gone(), 'half');
  await settleLeftovers(target());
  expect(await readdir(root)).toEqual([]);
});

describe('what was moved away to be replaced', () => {
  const replace = async (place: string) => {
    await mkdir(`${place}-replaced`);
    await writeFile(join(`${place}-replaced`, 'a.txt'), 'old');
    await mkdir(place);
  };

  test('is put back where nothing has taken its place', async () => {
    await replace(gone());
    await settleLeftovers(target());
    expect(await readdir(root, { recursive: true })).toEqual(['out', 'out/a.txt']);
  });

  test('is removed where something has', async () => {
    await replace(gone());
    await mkdir(target());
    await settleLeftovers(target());
    expect(await readdir(root, { recursive: true })).toEqual(['out']);
  });

  test('is left to the process that moves it', async () => {
    await replace(own());
    await settleLeftovers(target());
    expect(await readdir(root)).toEqual([basename(own()), `${basename(own())}-replaced`]);
  });
});

test('a folder that does not exist has no leftovers', async () => {
  await settleLeftovers(join(root, 'none', 'out'));
  expect(await readdir(root)).toEqual([]);
});
