import { type Options, SingleBar } from 'cli-progress';
import { atExit } from './at_exit';

/** Where progress is shown: standard error, or anything that takes text. */
export interface ProgressStream {
  /** Whether it is a terminal, in which a line can be drawn again. */
  readonly isTTY?: boolean;
  /** Characters in one of its lines. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line in a terminal that is drawn again and again. */
export interface TerminalBar {
  /** @param texts for the placeholders of the format, by name. */
  update(value: number, total: number, texts?: Readonly<Record<string, string>>): void;
  /** Takes the line away and leaves the terminal in order; a later update shows it again. */
  stop(): void;
}

/** The bar that each terminal shows: there is room for one. */
const shown = new WeakMap<ProgressStream, TerminalBar>();

/**
 * A bar in a terminal; it takes the place of the one before.
 *
 * @param format as cli-progress has it, with placeholders such as `{bar}` and `{percentage}`.
 * @param yields shows itself only while no other bar is there.
 */
export function terminalBar(
  stream: ProgressStream,
  { yields = false, ...options }: Pick<Options, 'format' | 'formatValue'> & { yields?: boolean },
): TerminalBar {
  const bar = new SingleBar({
    ...options,
    // It writes text and no more.
    stream: stream as NodeJS.WritableStream,
    hideCursor: true,
    clearOnComplete: true,
    // Otherwise it would end the process on its own when the user interrupts.
    gracefulExit: false,
  });
  let forgetExit = () => {};
  const self: TerminalBar = {
    update(value, total, texts = {}) {
      if (bar.isActive) {
        bar.update(value, texts);
        return;
      }
      if (yields && shown.has(stream)) return;
      endProgress(stream);
      shown.set(stream, self);
      forgetExit = atExit(() => bar.stop());
      bar.start(total, value, texts);
    },
    stop() {
      bar.stop();
      forgetExit();
      if (shown.get(stream) === self) shown.delete(stream);
    },
  };
  return self;
}

/** Leaves a terminal in order, whatever bar is there. */
export function endProgress(stream: ProgressStream): void {
  shown.get(stream)?.stop();
}
