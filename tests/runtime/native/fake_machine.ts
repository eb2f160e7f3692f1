import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TfjsNodePackage } from '../../../src/runtime/native/tfjs_node_package';
import { storedZip } from './stored_zip';

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;
const HEADER = 'include/tensorflow/c/c_api.h';

/** Stands in for tfjs-node-gpu: computes, if its addon is one that the fake compiler made of TensorFlow's libraries. */
const FAKE_TFJS_NODE = `
const [addon, cc] = require('node:fs').readFileSync(__dirname + '/lib/napi-v8/tfjs_binding.node', 'utf8').split('\\n');
if (addon !== 'addon') throw new Error('wrong ELF class');
require('node:fs').readFileSync(cc);
const values = (...numbers) => ({ dataSync: () => Float32Array.from(numbers) });
exports.matMul = () => values(19, 22, 43, 50);
exports.grad = () => () => values(2, 4, 6);
exports.tensor1d = () => values();
exports.backend = () => ({ binding: { TF_Version: '2.21.0' }, isUsingGpuDevice: false });
`;

/** Writes what the real compiler would need to the file after \`-o\`, so that the fake package can check it. */
const COMPILER = `
while [ "$#" -gt 0 ]; do
  case "$1" in
    */libtensorflow_cc.so.2) cc=$1 ;;
    -o) out=$2 ;;
  esac
  shift
done
printf 'addon\\n%s\\n' "$cc" > "$out"
`;

/** A machine with a tfjs-node-gpu, programs on its PATH and a cache, all of them in a temporary folder. */
export class FakeMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'tfjs-deberta-v2-'));
  readonly cache = join(this.root, 'cache');
  readonly native = join(this.cache, 'native');
  readonly tfjsNode: TfjsNodePackage;
  readonly wheel = join(this.root, 'fake.whl');

  constructor() {
    const folder = join(this.root, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
    this.tfjsNode = { version: '4.22.0', folder, napiVersion: 8, addon: join(folder, 'lib/napi-v8/tfjs_binding.node') };
    for (const part of ['bin', 'node_modules/@tensorflow/tfjs-node-gpu/binding']) {
      mkdirSync(join(this.root, part), { recursive: true });
    }
    writeFileSync(join(folder, 'binding', 'tfjs_backend.cc'), 'one');
    writeFileSync(join(folder, 'binding', 'tfjs_binding.cc'), 'two');
    writeFileSync(join(folder, 'index.js'), FAKE_TFJS_NODE);
    writeFileSync(
      this.wheel,
      storedZip({
        ...Object.fromEntries(LIBRARIES.map((name) => [`tensorflow/${name}`, `${name} of the wheel`])),
        [`tensorflow/${HEADER}`]: 'header',
        'tensorflow/python/ops.py': 'not taken',
      }),
    );
    this.installPip();
    this.addProgram('g++', COMPILER);
  }

  /** Folder of the TensorFlow that is fetched. */
  get entry(): string {
    return join(this.native, `2.21.0-cpu-linux-${process.arch}`);
  }

  /** A shell script on the PATH; every call is noted. */
  addProgram(name: string, script: string): void {
    const file = join(this.root, 'bin', name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> '${this.root}/calls'\n${script}\n`);
    chmodSync(file, 0o755);
  }

  removeProgram(name: string): void {
    rmSync(join(this.root, 'bin', name));
  }

  /** A Python without TensorFlow, whose pip runs this script; by default it fetches the wheel. */
  installPip(script = `/bin/mkdir -p "$dest"; /bin/cp '${this.wheel}' "$dest/tensorflow.whl"`): void {
    this.addProgram(
      'python3',
      `[ "$1" = -c ] && { echo '{"folder": null, "versions": {}}'; exit; }\nfor dest; do :; done\n${script}`,
    );
  }

  /** A Python that has a TensorFlow in its site-packages. */
  installTensorflow(
    python: string,
    versions: Record<string, string>,
    files: readonly string[] = [...LIBRARIES, HEADER],
  ) {
    const folder = join(this.root, python, 'site-packages', 'tensorflow');
    for (const file of files) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), `${file} of ${python}`);
    }
    this.addProgram(python, `echo '${JSON.stringify({ folder, versions })}'`);
    return folder;
  }

  /** Programs that were started, with their arguments. */
  calls(): readonly string[] {
    const file = join(this.root, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  forgetCalls(): void {
    rmSync(join(this.root, 'calls'), { force: true });
  }

  /** What npm does to the package when it installs anew. */
  reinstallPackages(): void {
    rmSync(join(this.tfjsNode.folder, 'lib'), { recursive: true, force: true });
  }

  /** Puts an addon where tfjs-node-gpu's own script would. */
  downloadAddon(text: string): void {
    mkdirSync(join(this.tfjsNode.addon, '..'), { recursive: true });
    writeFileSync(this.tfjsNode.addon, text);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
