import type { SentencePieceProcessor } from 'sentencepiece-js';
import { TokenizerError } from '../../errors';
import { isNode, nodeBuiltin } from '../../files/node_builtins';
import type { TokenizerEngine } from '../tokenizer_engine';
import type { SentencePieceModel } from './sentencepiece_model';

/** Engines in use and engines being loaded, by the digest of their model. */
const engines = new Map<string, WeakRef<SentencePieceJsEngine>>();
const loading = new Map<string, Promise<SentencePieceJsEngine>>();

/**
 * Segments with the package sentencepiece-js, Google's SentencePiece compiled to WebAssembly; Node only.
 *
 * It embeds an older SentencePiece than the Python package. Where two segmentations have exactly the same score, it
 * may choose the other one: the same pieces in another order, as `~|~~` for `~~|~`. Everything else is the same.
 *
 * A lone surrogate, which UTF-8 cannot express, is taken for U+FFFD.
 */
export class SentencePieceJsEngine implements TokenizerEngine {
  readonly #processor: SentencePieceProcessor;

  private constructor(processor: SentencePieceProcessor) {
    this.#processor = processor;
  }

  /**
   * The engine for a model. Tokenizers of the same model share one, since each holds a WebAssembly instance of its own.
   *
   * @param model checked already: sentencepiece-js takes any file and then encodes every text to nothing.
   * @param path the file the model was read from; without one, a temporary file is written and removed.
   * @throws {TokenizerError} outside Node and when sentencepiece-js is not installed.
   */
  static async load(model: SentencePieceModel, path?: string): Promise<SentencePieceJsEngine> {
    requireNode();
    const key = await digest(model.bytes);
    const ready = engines.get(key)?.deref();
    if (ready !== undefined) return ready;
    const underway = loading.get(key) ?? SentencePieceJsEngine.#loadAnew(model.bytes, path);
    loading.set(key, underway);
    try {
      const engine = await underway;
      engines.set(key, new WeakRef(engine));
      return engine;
    } finally {
      loading.delete(key);
    }
  }

  static async #loadAnew(bytes: Uint8Array, path: string | undefined): Promise<SentencePieceJsEngine> {
    const Processor = await importProcessor();
    const processor = new Processor();
    if (path === undefined) await withTemporaryFile(bytes, (file) => loadQuietly(processor, file));
    else await loadQuietly(processor, path);
    return new SentencePieceJsEngine(processor);
  }

  encodePieces(text: string): string[] {
    if (text === '') return [];
    try {
      return this.#processor.encodePieces(text.replace(LONE_SURROGATE, '\ufffd'));
    } catch (cause) {
      throw new TokenizerError(
        `A text of ${text.length} characters is too long for sentencepiece-js; tokenize it in smaller parts.`,
        { received: text.length, cause },
      );
    }
  }
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

function requireNode(): void {
  if (isNode()) return;
  throw new TokenizerError(
    "The engine sentencepiece-js needs Node.js; choose engine: 'builtin', which runs everywhere.",
    {
      expected: 'Node.js',
    },
  );
}

async function importProcessor(): Promise<typeof SentencePieceProcessor> {
  try {
    return (await import('sentencepiece-js')).SentencePieceProcessor;
  } catch (cause) {
    throw new TokenizerError(
      'The package sentencepiece-js could not be loaded; install it with npm install sentencepiece-js.',
      {
        expected: 'sentencepiece-js',
        cause,
      },
    );
  }
}

/** Events that Emscripten's start-up listens to, and the source of what it does on them. */
const EMSCRIPTEN_HANDLERS = [
  ['uncaughtException', /instanceof ExitStatus/],
  ['unhandledRejection', /^function\s*\(reason\)\s*\{\s*throw reason/],
] as const;

/**
 * Loads a model and takes away the process listeners that come with it.
 *
 * Emscripten adds handlers that rethrow every uncaught error of the whole process, one pair a model, and that keep the
 * WebAssembly memory alive as long as the process.
 */
async function loadQuietly(processor: SentencePieceProcessor, path: string): Promise<void> {
  const listeners = () => EMSCRIPTEN_HANDLERS.map(([event]) => process.listeners(event as 'uncaughtException'));
  const before = new Set(listeners().flat());
  await processor.load(path);
  listeners().forEach((current, index) => {
    const [event, source] = EMSCRIPTEN_HANDLERS[index]!;
    for (const listener of current) {
      if (!before.has(listener) && source.test(String(listener))) process.removeListener(event, listener);
    }
  });
}

async function withTemporaryFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const { mkdtemp, rm, writeFile } = nodeBuiltin('node:fs/promises');
  const { join } = nodeBuiltin('node:path');
  const folder = await mkdtemp(join(nodeBuiltin('node:os').tmpdir(), 'tfjs-deberta-v2-'));
  try {
    const path = join(folder, 'spm.model');
    await writeFile(path, bytes);
    await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
