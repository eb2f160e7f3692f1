import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DebertaV2Tokenizer } from '../../../src/tokenization/deberta_v2_tokenizer';
import { SentencePieceJsEngine } from '../../../src/tokenization/sentencepiece/sentencepiece_js_engine';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { fixtureFolder, type MODELS, modelBytes } from '../tables';

const model = (name: (typeof MODELS)[number]) => SentencePieceModel.fromBytes(modelBytes(name));

/** The plain model with an unknown protobuf field at its end: another file, the same vocabulary. */
function variant(number: number): Uint8Array {
  return Uint8Array.from([...modelBytes('plain'), 0x7a, 1, number]);
}

test('one engine serves all tokenizers of a model, however they are loaded', async () => {
  const engines = await Promise.all([
    SentencePieceJsEngine.load(model('plain')),
    SentencePieceJsEngine.load(model('plain'), `${fixtureFolder('plain')}/spm.model`),
  ]);
  engines.push(await SentencePieceJsEngine.load(model('plain')));
  expect(new Set(engines).size).toBe(1);
  expect(await SentencePieceJsEngine.load(model('byte_fallback'))).not.toBe(engines[0]);
});

test('tokenizers of two models work side by side', async () => {
  const tokenizers = await Promise.all(
    (['plain', 'byte_fallback'] as const).map((name) =>
      DebertaV2Tokenizer.fromPretrained(fixtureFolder(name), { engine: 'sentencepiece-js' }),
    ),
  );
  const results = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => tokenizers[index % 2]!.tokenize('the 😀')),
  );
  results.forEach((tokens, index) => {
    expect(tokens).toEqual(
      index % 2 === 0 ? ['▁the', '▁', '😀'] : ['▁the', '▁', '<0xF0>', '<0x9F>', '<0x98>', '<0x80>'],
    );
  });
});

test('loading leaves no listener on the process and no temporary file', async () => {
  const listeners = () => [process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')];
  // Of its own, since other tests make temporary files at the same time.
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const given = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  const before = listeners();
  for (let number = 0; number < 12; number++) {
    const engine = await SentencePieceJsEngine.load(SentencePieceModel.fromBytes(variant(number)));
    expect(engine.encodePieces('the whale')).toEqual(['▁the', '▁whale']);
  }
  expect(listeners()).toEqual(before);
  expect(readdirSync(folder)).toEqual([]);
  if (given === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = given;
  rmdirSync(folder);
});

test("other people's listeners stay", async () => {
  const listener = () => {};
  process.on('unhandledRejection', listener);
  await SentencePieceJsEngine.load(SentencePieceModel.fromBytes(variant(99)));
  expect(process.listeners('unhandledRejection')).toContain(listener);
  process.removeListener('unhandledRejection', listener);
});

test('outside Node the engine says what it needs', async () => {
  const getBuiltinModule = process.getBuiltinModule;
  Object.defineProperty(process, 'getBuiltinModule', { value: undefined, configurable: true, writable: true });
  try {
    await expect(() =>
      DebertaV2Tokenizer.fromModel(modelBytes('plain'), { engine: 'sentencepiece-js' }),
    ).toThrowDebertaError('tokenizer', /^The engine sentencepiece-js needs Node\.js/);
  } finally {
    Object.defineProperty(process, 'getBuiltinModule', { value: getBuiltinModule, configurable: true, writable: true });
  }
});
