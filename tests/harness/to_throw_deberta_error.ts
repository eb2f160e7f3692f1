import { DebertaError, type DebertaErrorCode } from '../../src/errors';

declare global {
  namespace jest {
    interface Matchers<R, T> {
      /**
       * The function throws (or its promise rejects with) a DebertaError of this code, whose message matches and is
       * one sentence on one line. Await it when the function is asynchronous.
       */
      toThrowDebertaError(
        code: DebertaErrorCode,
        message: RegExp,
      ): T extends () => PromiseLike<unknown> ? Promise<void> : R;
    }
  }
}

/** See the declaration in `jest.Matchers`. */
export function toThrowDebertaError(
  this: jest.MatcherContext,
  run: () => unknown,
  code: DebertaErrorCode,
  message: RegExp,
): jest.CustomMatcherResult | Promise<jest.CustomMatcherResult> {
  const judge = (error: unknown) => {
    const fault = describeFault(error, code, message);
    return { pass: fault === undefined, message: () => fault ?? `Expected no such error, received ${error}` };
  };
  try {
    const result = run();
    return isPromise(result) ? result.then(() => judge(undefined), judge) : judge(undefined);
  } catch (error) {
    return judge(error);
  }
}

function describeFault(error: unknown, code: DebertaErrorCode, message: RegExp): string | undefined {
  if (error === undefined) return `Expected a DebertaError of code "${code}", but nothing was thrown.`;
  if (!(error instanceof DebertaError)) return `Expected a DebertaError, received ${(error as Error)?.stack ?? error}`;
  if (error.code !== code) return `Expected code "${code}", received "${error.code}": ${error.message}`;
  if (!message.test(error.message)) return `Expected a message that matches ${message}, received: ${error.message}`;
  if (!isOneSentence(error.message)) return `Expected one sentence with a full stop, received: ${error.message}`;
  return undefined;
}

function isOneSentence(message: string): boolean {
  return message.endsWith('.') && !message.includes('\n') && !/[.!?] [A-Z]/.test(message);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}
