import fs from 'node:fs';
import { isNode, nodeBuiltin } from '../../src/files/node_builtins';

describe('in Node', () => {
  test('gives the module by its name', () => {
    expect(isNode()).toBe(true);
    expect(nodeBuiltin('node:fs').readFileSync).toBe(fs.readFileSync);
    expect(nodeBuiltin('node:path').join('a', 'b')).toMatch(/^a.b$/);
  });
});

describe('outside Node', () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, 'process')!;

  // A bundler's stand-in for `process` has no modules; older Nodes and browsers lack the function or all of it.
  test.each([
    ['there is no process', undefined],
    ['process cannot give modules', { env: {} }],
    ['process gives none', { getBuiltinModule: () => undefined }],
  ])('refuses where %s', (_name, process) => {
    Object.defineProperty(globalThis, 'process', { value: process, configurable: true });
    let error: unknown;
    try {
      nodeBuiltin('node:fs');
    } catch (caught) {
      error = caught;
    } finally {
      Object.defineProperty(globalThis, 'process', original);
    }
    expect(() => {
      throw error;
    }).toThrowDebertaError('usage', /through node:fs, which only Node\.js \(20\.19 or newer\) has/);
  });
});
