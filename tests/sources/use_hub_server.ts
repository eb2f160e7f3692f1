import { HubServer, type ServedRepository } from '../harness/hub_server';

/** Commit of `main` of the repositories of these tests. */
export const MAIN = 'a'.repeat(40);

/** Variables that would lead away from the server of the test, or send it somebody's token. */
const VARIABLES = /^(HF_|HUGGING|TRANSFORMERS_OFFLINE|XDG_CACHE_HOME)/;

/** A hub of this machine, started for all tests of a file and reset before each; no variable of the hub is set. */
export function useHubServer(): () => HubServer {
  let server: HubServer;
  const kept = { ...process.env };
  beforeAll(async () => {
    server = await HubServer.start();
  });
  beforeEach(() => {
    server.reset();
    for (const name of Object.keys(process.env)) if (VARIABLES.test(name)) delete process.env[name];
    process.env.HF_TOKEN_PATH = '/nowhere';
  });
  afterEach(() => {
    process.env = { ...kept };
  });
  afterAll(() => server.close());
  return () => server;
}

/** Bytes that differ from place to place. */
export function someBytes(length: number): Buffer {
  return Buffer.from(
    Uint32Array.from({ length: Math.ceil(length / 4) }, (_, index) => index * 2654435761).buffer,
  ).subarray(0, length);
}

/** A model with a small and a large file. */
export const SPAM: ServedRepository = {
  revisions: { main: MAIN, 'refs/pr/1': 'b'.repeat(40) },
  files: {
    'config.json': Buffer.from('{"model_type": "deberta-v2"}'),
    'model.safetensors': someBytes(300_000),
    'onnx/model.onnx': someBytes(10),
  },
  large: ['model.safetensors'],
};
