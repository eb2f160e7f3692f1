import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { claimPartial } from '../../src/sources/partial_download';
import { temporaryFolder } from '../tokenization/temporary_folder';

const at = temporaryFolder();
const HOUR = 3600;

/** Claims the file for the blob `abc`, and tells whether it found the content `left`. */
async function takesOver(): Promise<boolean> {
  const { path } = await claimPartial(at('abc'));
  return readdirSync(at()).includes(basename(path)) && readFileSync(path, 'utf8') === 'left';
}

/** Leaves a file that was written to so many seconds ago. */
function leave(name: string, age: number): void {
  writeFileSync(at(name), 'left');
  utimesSync(at(name), Date.now() / 1000 - age, Date.now() / 1000 - age);
}

/** Name of a file of this machine's process of that number. */
async function nameFor(owner: number): Promise<string> {
  const { path } = await claimPartial(at('abc'));
  return basename(path).replace(`-${process.pid}-`, `-${owner}-`);
}

describe('a download that was left behind', () => {
  test('by a process that has ended is taken over', async () => {
    leave(await nameFor(2 ** 22 + 1), 0);
    expect(await takesOver()).toBe(true);
    expect(readdirSync(at())).toHaveLength(1);
  });

  test('by a process that runs is left alone, however long it takes', async () => {
    leave(await nameFor(process.pid), 2 * HOUR);
    expect(await takesOver()).toBe(false);
  });

  test('and released by its process is taken over', async () => {
    const { path, release } = await claimPartial(at('abc'));
    writeFileSync(path, 'left');
    await release();
    expect(await takesOver()).toBe(true);
  });

  const others: [string, name: string, age: number, taken: boolean][] = [
    ['of another machine, just now', 'abc.00000000-1-00.incomplete', 0, false],
    ['of another machine, long ago', 'abc.00000000-1-00.incomplete', 2 * HOUR, true],
    ["of Python's library, just now", 'abc.incomplete', 0, false],
    ["of Python's library, long ago", 'abc.incomplete', 2 * HOUR, true],
    ['of another blob', 'abcd.incomplete', 2 * HOUR, false],
    ['that is whole', 'abc', 2 * HOUR, false],
  ];
  test.each(others)('%s', async (_name, name, age, taken) => {
    leave(name, age);
    expect(await takesOver()).toBe(taken);
  });

  test('goes to one of those who want it', async () => {
    leave('abc.incomplete', 2 * HOUR);
    const taken = await Promise.all([takesOver(), takesOver(), takesOver()]);
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});
