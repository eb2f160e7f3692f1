import type { Address } from './kernel_exports';

/** What a thread of the pool is told; see kernel_threads.ts and kernel_worker.ts. */
export type Mail =
  /** The first one; `mails` is how many had been sent before. */
  | { readonly kind: 'start'; readonly box: SharedArrayBuffer; readonly mails: number }
  | {
      readonly kind: 'attach';
      readonly id: number;
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly control: Address;
      /** Words of the control block: which run wants an answer, whether a thread failed, how many are working. */
      readonly words: { readonly answer: number; readonly failed: number; readonly active: number };
    }
  | { readonly kind: 'detach'; readonly id: number }
  /** The last one. */
  | { readonly kind: 'end' };

/** What a thread says: which run of which memory it has taken part in until it was done, or has failed in. */
export interface Answer {
  readonly id: number;
  readonly run: number;
}

/** Words of the box that all threads look into: the number of the latest job, and of mails sent. */
export const BOX = { job: 0, mails: 1, words: 2 } as const;
