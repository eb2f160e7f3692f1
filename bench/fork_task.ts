import { fork } from 'node:child_process';

/**
 * Runs one task in a fresh process, whose memory and time are its own.
 *
 * @param module file that waits for the message `{ task }`, sends its result and disconnects.
 */
export function forkTask<Task, Result>(module: string, task: Task | undefined): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(module, { stdio: 'inherit' });
    let received: { readonly result: Result } | undefined;
    child.once('message', (result) => {
      received = { result: result as Result };
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (received !== undefined) return resolve(received.result);
      reject(new Error(`${module} must send a result and ended with exit code ${code}; its message stands above.`));
    });
    child.send({ task });
  });
}
