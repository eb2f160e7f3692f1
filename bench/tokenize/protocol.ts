import type { Abilities, Form, Output } from './tokenizer';

/** What a participant's process is asked, one JSON object a line on its standard input. */
export type Request =
  /** Loads the vocabulary and encodes a word; answers {@link Opened}. */
  | { readonly do: 'open'; readonly path: string }
  /** Reads a text and cuts it into slices; answers `{}`. */
  | { readonly do: 'prepare'; readonly path: string; readonly bytesOfSlice: number }
  /** Encodes the lines of a slice; answers {@link Ids}. */
  | { readonly do: 'ids'; readonly slice: number }
  /** Encodes a slice and keeps nothing; answers {@link Timed}. */
  | { readonly do: 'encode'; readonly slice: number; readonly form: Form; readonly output: Output }
  /** Encodes endless lines until so many bytes have been encoded altogether; answers {@link Memory}. */
  | { readonly do: 'stream'; readonly bytes: number };

/** A loaded vocabulary. */
export interface Opened {
  /** From the file to the ids of a first word; modules are loaded before. */
  readonly milliseconds: number;
  readonly abilities: Abilities;
}

/** Ids of lines. */
export interface Ids {
  readonly ids: readonly (readonly number[])[];
}

/** How long a slice took. */
export interface Timed {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** Resident memory of the process. */
export interface Memory {
  readonly residentBytes: number;
}
