import { Writable } from 'node:stream';
import { downloadBar } from '../../src/cli/download_bar';
import { progressBar } from '../../src/cli/progress_bar';
import { endProgress } from '../../src/files/terminal_bar';

/** Standard error, and what was written to it without the codes that move the cursor. */
function terminal(isTTY: boolean) {
  let written = '';
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      written += text;
      done();
    },
  });
  const stderr = Object.assign(stream, { isTTY, columns: 100 });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with one.
  const text = () => written.replace(/\u001b(\[[?\d;]*[a-zA-Z]|[78])/g, '\n');
  /** Whether the cursor that a bar hides is back. */
  const isInOrder = () => written.lastIndexOf('\u001b[?25h') >= written.lastIndexOf('\u001b[?25l');
  return { io: { stderr }, text, isInOrder };
}

describe('progressBar', () => {
  test('shows how far it is, and leaves the terminal in order', () => {
    const { io, text, isInOrder } = terminal(true);
    const bar = progressBar(io, 'Converting');
    bar.update(500_000, 2_000_000);
    expect(text()).toMatch(/Converting \[.*\] 25% \| 500\.0 kB of 2\.0 MB/);
    expect(isInOrder()).toBe(false);
    bar.stop();
    expect(isInOrder()).toBe(true);
  });

  test('takes the place of the one before', () => {
    const { io, text, isInOrder } = terminal(true);
    const [first, second] = [progressBar(io, 'First'), progressBar(io, 'Second')];
    first.update(1, 2);
    second.update(1, 2);
    expect(text().lastIndexOf('Second')).toBeGreaterThan(text().lastIndexOf('First'));
    endProgress(io.stderr);
    expect(isInOrder()).toBe(true);
  });

  test('says nothing where nobody watches', () => {
    const { io, text } = terminal(false);
    progressBar(io, 'Converting').update(1, 2);
    endProgress(io.stderr);
    expect(text()).toBe('');
  });
});

describe('downloadBar', () => {
  const file = 'model.safetensors';

  test('shows each large file until it is here', () => {
    const { io, text, isInOrder } = terminal(true);
    const show = downloadBar(io);
    show({ file, loaded: 2_000_000, total: 4_000_000 });
    expect(text()).toMatch(/Downloading model\.safetensors \[.*\] 50% \| 2\.0 MB of 4\.0 MB/);
    show({ file, loaded: 4_000_000, total: 4_000_000 });
    expect(isInOrder()).toBe(true);
    show({ file: 'other.bin', loaded: 1_000_000, total: 2_000_000 });
    expect(text()).toContain('Downloading other.bin');
    endProgress(io.stderr);
    expect(isInOrder()).toBe(true);
  });

  test.each([
    ['small', 900_000],
    ['of a size that nobody knows', undefined],
  ])('shows no file that is %s', (_name, total) => {
    const { io, text } = terminal(true);
    downloadBar(io)({ file, loaded: 1000, total });
    expect(text()).toBe('');
  });

  test('gives way to a bar of the command', () => {
    const { io, text } = terminal(true);
    const show = downloadBar(io);
    show({ file, loaded: 1_000_000, total: 4_000_000 });
    const bar = progressBar(io, 'Converting');
    bar.update(1, 10);
    const before = text();
    show({ file, loaded: 2_000_000, total: 4_000_000 });
    expect(text()).toBe(before);
    bar.stop();
    show({ file, loaded: 3_000_000, total: 4_000_000 });
    expect(text()).toMatch(/Downloading model\.safetensors \[.*\] 75%/);
    endProgress(io.stderr);
  });
});
