import { createInterface } from 'node:readline';

/** What comes back when a request fails: one sentence. */
export interface Failed {
  readonly error: string;
}

/**
 * Answers requests, one JSON object a line on standard input, by one JSON object a line on standard output, until the
 * input ends; `LineProcess` is the other side.
 *
 * @param answer what it throws goes back as {@link Failed}.
 */
export async function answerRequests<Request>(answer: (request: Request) => Promise<object>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const answered = await answer(JSON.parse(line) as Request).catch(
      (error: unknown): Failed => ({ error: error instanceof Error ? error.message : String(error) }),
    );
    process.stdout.write(`${JSON.stringify(answered)}\n`);
  }
}
