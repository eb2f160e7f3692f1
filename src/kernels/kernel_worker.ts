import { instantiateKernels } from './instantiate_kernels';
import type { KernelExports } from './kernel_exports';
import { type Answer, BOX, type Mail } from './worker_mail';

// The code of a thread of the pool. tools/build_kernels.ts makes a string of it, so that nothing need be found or served.

interface Attached {
  readonly kernels: KernelExports;
  readonly mail: Extract<Mail, { kind: 'attach' }>;
}

/** The port of a thread, by the names of the browser. */
interface Port {
  onmessage: ((event: { readonly data: Mail }) => void) | null;
  postMessage(answer: Answer): void;
  close(): void;
}

const attached = new Map<number, Attached>();
let box: Int32Array<ArrayBufferLike> = new Int32Array(0);
let mails = 0;
let seen = 0;

/** Works on whatever is open, again and again, until there is mail, which only arrives when this returns. */
function serve(port: Port): void {
  while (Atomics.load(box, BOX.mails) === mails) {
    const job = Atomics.load(box, BOX.job);
    if (job === seen) Atomics.wait(box, BOX.job, job);
    seen = job;
    for (const memory of attached.values()) help(port, memory);
  }
}

function help(port: Port, { kernels, mail }: Attached): void {
  const { memory, control, words, id } = mail;
  const block = new Int32Array(memory.buffer, control);
  let hasTakenPart = true;
  try {
    hasTakenPart = kernels.work(control, 1) !== 0;
  } catch {
    Atomics.store(block, words.failed, 1);
    Atomics.sub(block, words.active, 1);
  }
  // Read behind the work: a plan may have been opened after this thread was woken for another.
  const run = Atomics.load(block, words.answer);
  if (hasTakenPart && run !== 0) port.postMessage({ id, run });
}

function take(mail: Mail): void {
  switch (mail.kind) {
    case 'start':
      box = new Int32Array(mail.box);
      mails = mail.mails;
      return;
    case 'attach': {
      const { module, memory } = mail;
      attached.set(mail.id, { kernels: instantiateKernels(module, memory), mail });
      return;
    }
    case 'detach':
      attached.delete(mail.id);
      return;
    case 'end':
      attached.clear();
  }
}

/** Where messages come from: the thread itself in a browser, a port in Node. */
function listen(): void {
  const isNode = typeof process !== 'undefined' && typeof process.getBuiltinModule === 'function';
  const port = (isNode ? process.getBuiltinModule('node:worker_threads').parentPort : self) as unknown as Port;
  const onMail = (mail: Mail) => {
    take(mail);
    if (mail.kind === 'end') return port.close();
    if (mail.kind !== 'start') mails++;
    serve(port);
  };
  if (isNode) (port as unknown as { on(name: string, listener: (mail: Mail) => void): void }).on('message', onMail);
  else port.onmessage = ({ data }) => onMail(data);
}

listen();
