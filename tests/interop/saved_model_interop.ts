import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { useBackend } from '../../src/runtime/use_backend';
import { describeDifference } from '../harness/describe_difference';
import { type ExportedModel, exportModels } from './exported_models';
import { type Runtime, type RuntimeResult, runtimes } from './runtimes';

const TOLERANCE = 1e-5;

/**
 * Exports every model class as a SavedModel and compares what other runtimes of TensorFlow compute from it with
 * `predict`. A runtime that is not installed is left out, with a line that says so.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { python: { type: 'string' } } });
  const folder = mkdtempSync(join(tmpdir(), 'deberta-interop-'));
  const count = { passed: 0, failed: 0 };
  try {
    await useBackend();
    const models = await exportModels(folder);
    for (const runtime of runtimes(values.python ?? process.env.PYTHON ?? 'python3')) {
      if (!(await runtime.isInstalled())) {
        process.stdout.write(`left out: ${runtime.name}, which needs ${runtime.needs}\n`);
        continue;
      }
      const problems = await check(runtime, models, folder);
      for (const [index, { name }] of models.entries()) {
        const problem = problems[index];
        count[problem === undefined ? 'passed' : 'failed']++;
        process.stdout.write(
          problem === undefined ? `ok: ${runtime.name}: ${name}\n` : `FAILED: ${runtime.name}: ${name}: ${problem}\n`,
        );
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
  if (count.failed > 0) process.exitCode = 1;
}

/** What is wrong with each model in a runtime; undefined where nothing is. */
async function check(runtime: Runtime, models: readonly ExportedModel[], folder: string) {
  try {
    const results = await runtime.run(models, folder);
    return models.map((model, index) => problemOf(model, results[index]));
  } catch (error) {
    return models.map(() => String(error));
  }
}

function problemOf({ calls, weights }: ExportedModel, result: RuntimeResult | undefined): string | undefined {
  if (result === undefined) return 'it gave no result';
  const { checkpoint, variables } = result;
  if (checkpoint !== undefined && variables !== undefined) {
    const missing = Object.keys(checkpoint).filter((name) => !variables.includes(name) && !weights.has(name));
    if (missing.length > 0) return `${missing} of the checkpoint are neither variables nor weights`;
    const other = Object.entries(checkpoint).filter(([name, shape]) => `${weights.get(name) ?? shape}` !== `${shape}`);
    if (other.length > 0) return `shapes differ: ${other.join(' ')}`;
  }
  for (const [index, { outputs }] of calls.entries()) {
    const received = result.outputs[index] ?? {};
    if (Object.keys(received).sort().join() !== Object.keys(outputs).sort().join()) {
      return `call ${index} gave ${Object.keys(received)}, expected ${Object.keys(outputs)}`;
    }
    for (const [name, expected] of Object.entries(outputs)) {
      const difference = describeDifference(received[name]!, expected, TOLERANCE);
      if (difference !== undefined) return `call ${index}, ${name}: ${difference.replaceAll('\n', ' ')}`;
    }
  }
  return undefined;
}

main().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
