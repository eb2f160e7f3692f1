/** What went wrong, as a stable word a program can branch on. */
export type DebertaErrorCode = 'config' | 'checkpoint' | 'input' | 'tokenizer' | 'backend' | 'output' | 'usage';

/** Where and what, beside the sentence of a {@link DebertaError}. */
export interface DebertaErrorDetails {
  /** File, tensor or field concerned. */
  readonly path?: string;
  readonly expected?: unknown;
  readonly received?: unknown;
  readonly cause?: unknown;
}

/**
 * Base of every error this package throws on purpose.
 *
 * The message is one sentence: what was expected, what was received, what to do next.
 *
 * @example
 * try {
 *   await TFDebertaV2Model.fromPretrained('broken');
 * } catch (error) {
 *   if (error instanceof DebertaError && error.code === 'checkpoint') console.error(error.message);
 * }
 */
export class DebertaError extends Error {
  readonly path: string | undefined;
  readonly expected: unknown;
  readonly received: unknown;

  constructor(
    readonly code: DebertaErrorCode,
    message: string,
    details: DebertaErrorDetails = {},
  ) {
    // Names of tensors and files may hold line ends, and worse for a terminal.
    const line = message.replace(/\p{Cc}+/gu, ' ');
    super(line, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.path = details.path;
    this.expected = details.expected;
    this.received = details.received;
  }
}

/** A configuration that is not JSON, holds a value that is not allowed, or contradicts itself. */
export class ConfigError extends DebertaError {
  constructor(message: string, details?: DebertaErrorDetails) {
    super('config', message, details);
  }
}

/** A checkpoint that is missing, damaged, unsafe, or does not fit the configuration. */
export class CheckpointError extends DebertaError {
  constructor(message: string, details?: DebertaErrorDetails) {
    super('checkpoint', message, details);
  }
}

/** Tensors or arrays handed to a model, a layer or an op that do not have the shape or values they must have. */
export class InputError extends DebertaError {
  constructor(message: string, details?: DebertaErrorDetails) {
    super('input', message, details);
  }
}

/** A vocabulary that cannot be read, or a text or option the tokenizer cannot take. */
export class TokenizerError extends DebertaError {
  constructor(message: string, details?: DebertaErrorDetails) {
    super('tokenizer', message, details);
  }
}

/** A tfjs backend that does not load here. */
export class BackendError extends DebertaError {
  constructor(message: string, details?: DebertaErrorDetails) {
    super('backend', message, details);
  }
}

/** A file or folder that cannot be written; nothing half-written stays behind. */
export class OutputError extends DebertaError {
  constructor(message: string, details?: DebertaErrorDetails) {
    super('output', message, details);
  }
}

/** A command or call used in a way that cannot be carried out. */
export class UsageError extends DebertaError {
  constructor(message: string, details?: DebertaErrorDetails) {
    super('usage', message, details);
  }
}
