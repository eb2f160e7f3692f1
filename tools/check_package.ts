import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(__dirname, '..');
const CHECKPOINT = join(ROOT, 'examples', 'checkpoints', 'spam');

/** What a user's first program does, the same for `import` and `require`. */
const PROGRAM = `
(async () => {
  await useBackend('wasm');
  const model = await TFDebertaV2ForSequenceClassification.fromPretrained(${JSON.stringify(CHECKPOINT)});
  const tokenizer = await DebertaV2Tokenizer.fromPretrained(${JSON.stringify(CHECKPOINT)});
  const batch = tokenizer.call(['You have won a free prize, click here to claim it now'], { returnTensors: 'tf' });
  const [scores] = model.predict(batch).arraySync();
  if (!(scores[1] > scores[0])) throw new Error('expected spam, received ' + scores);
  if (tf !== peer && tf.engine() !== peer.engine()) throw new Error('two instances of tfjs');
})().catch((error) => { console.error(error); process.exit(1); });
`;

const NAMES = '{ DebertaV2Tokenizer, TFDebertaV2ForSequenceClassification, tf, useBackend }';
const PROGRAMS = {
  'user.mjs': `import ${NAMES.replaceAll(':', ' as')} from 'tfjs-deberta-v2';\nimport * as peer from '@tensorflow/tfjs';\n${PROGRAM}`,
  'user.cjs': `const ${NAMES} = require('tfjs-deberta-v2');\nconst peer = require('@tensorflow/tfjs');\n${PROGRAM}`,
};

/**
 * Checks the package as it would be published: packs it, installs the tarball into an empty project, uses it by
 * `import`, by `require` and by its command, and bundles it for a browser.
 */
async function checkPackage(): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), 'deberta-package-'));
  try {
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', project], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    const installed = join(project, 'node_modules', 'tfjs-deberta-v2');
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', join(project, filename), '-C', installed, '--strip-components=1']);
    linkDependencies(project, installed);

    for (const [name, program] of Object.entries(PROGRAMS)) {
      writeFileSync(join(project, name), program);
      execFileSync(process.execPath, [name], { cwd: project, stdio: 'inherit' });
      done(`works by ${name.endsWith('.mjs') ? 'import' : 'require'} from the packed tarball`);
    }
    const command = join(installed, 'dist', 'cli', 'main.cjs');
    const output = execFileSync(process.execPath, [command, 'inspect', CHECKPOINT, '--json'], { encoding: 'utf8' });
    if (!output.includes('TFDebertaV2ForSequenceClassification')) throw new Error(`inspect printed ${output}`);
    done('its command runs');
    await bundleForBrowser(project);
    done('bundles for a browser without a Node module');
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** The dependencies the tarball names, from the checkout: what is declared is there, what is not is missing. */
function linkDependencies(project: string, installed: string): void {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, object>;
  const names = [...Object.keys(manifest.dependencies!), '@tensorflow/tfjs'];
  for (const name of names) {
    const link = join(project, 'node_modules', name);
    mkdirSync(resolve(link, '..'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
}

async function bundleForBrowser(project: string): Promise<void> {
  const entry = `import { TFDebertaV2Model } from 'tfjs-deberta-v2'; console.log(TFDebertaV2Model);`;
  const { metafile } = await build({
    stdin: { contents: entry, resolveDir: project },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    outfile: join(project, 'bundle.js'),
    metafile: true,
    logLevel: 'error',
  });
  const bundled = Object.keys(metafile.inputs);
  const nodeOnly = bundled.filter(
    (input) => /sentencepiece-js|tfjs-node|h5wasm.*node/.test(input) && !input.includes('disabled'),
  );
  if (nodeOnly.length > 0) throw new Error(`The browser bundle holds Node-only code: ${nodeOnly.join(', ')}`);
}

function done(what: string): void {
  process.stdout.write(`ok: the package ${what}\n`);
}

checkPackage().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
