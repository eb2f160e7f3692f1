import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { LoraOptions } from '../../src/adapters/lora_options';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import { useBackend } from '../../src/runtime/use_backend';
import { baseModel, LORA_NAMES, type LoraFixture, type LoraName, outputsOf, readLora } from '../adapters/lora_cases';
import type { NestedNumbers } from '../harness';
import { tensorsOf } from '../models/cases';
import { batchOf } from '../models/training_runs';

const LIMIT = 1e-5;

/** What `lora_cases.py` tells PEFT, as options. */
const OPTIONS: Readonly<Record<LoraName, LoraOptions>> = {
  shared: { rank: 4, alpha: 8 },
  own_projections: {
    rank: 2,
    alpha: 3,
    useRslora: true,
    targets: ['query_proj', 'key_proj', 'value_proj', 'pos_key_proj', 'pos_query_proj', 'dense'],
  },
  pattern: { rank: 3, alpha: 4.5, targets: /.*\.layer\.1\..*(query_proj|key_proj|attention\.output\.dense)/ },
  classifier: { rank: 1, alpha: 2, targets: ['classifier'], modulesToSave: [] },
  masked_lm: { rank: 2, alpha: 2, targets: ['value_proj', 'transform.dense'] },
  multiple_choice: { rank: 2, alpha: 4, targets: /.*\.layer\.0\..*(query_proj|key_proj)/ },
  model: { rank: 4, alpha: 8 },
};

type Outputs = Record<string, NestedNumbers>;

function largestDifference(received: Record<string, tf.Tensor>, expected: Outputs): number {
  return Math.max(
    ...Object.entries(received).map(([name, values]) => {
      return tf.tidy(() => tf.max(tf.abs(tf.sub(values, tf.tensor(expected[name]!)))).dataSync()[0]!);
    }),
  );
}

/** Loads what PEFT saved; the names of those that depart. */
async function readTheirs(folder: string): Promise<LoraName[]> {
  const departing: LoraName[] = [];
  for (const name of LORA_NAMES) {
    const fixture = readLora(name);
    const model = baseModel(fixture);
    await model.loadAdapter(join(folder, 'peft', name));
    const expected = JSON.parse(readFileSync(join(folder, 'peft', name, 'outputs.json'), 'utf8')) as Outputs;
    const asItIs = largestDifference(outputsOf(model, fixture), expected);
    model.mergeLora();
    const merged = largestDifference(outputsOf(model, fixture), expected);
    const fits = Math.max(asItIs, merged) <= LIMIT;
    const shown = `${asItIs.toExponential(1)}, merged ${merged.toExponential(1)}`;
    console.log(`PEFT to here: ${name} ${fixture.head}: ${shown}${fits ? '' : ' FAILS'}`);
    if (!fits) departing.push(name);
  }
  return departing;
}

/** Some steps on the recorded batch, so that no addition is without effect; without a head towards 0. */
async function train(model: TFDebertaV2PreTrainedModel, { steps: [recorded], inputs }: LoraFixture): Promise<void> {
  const optimizer = new AdamWeightDecay({ learningRate: 1e-2 });
  const toZero = (_target: tf.Tensor, output: tf.Tensor) => tf.mean(tf.square(output));
  model.compile({ optimizer, ...(recorded === undefined && { loss: toZero }) });
  const { x, y } = recorded === undefined ? { x: tensorsOf(inputs), y: tf.zeros([1]) } : batchOf(recorded);
  for (let step = 0; step < 4; step++) await model.trainStep(x as never, y);
}

/** Trains adapters and saves them with the outputs of their models. */
async function writeOurs(folder: string): Promise<void> {
  for (const name of LORA_NAMES) {
    const fixture = readLora(name);
    const model = baseModel(fixture);
    model.addLora(OPTIONS[name]);
    await train(model, fixture);
    const place = join(folder, 'ours', name);
    await model.saveAdapter(place);
    const outputs = Object.entries(outputsOf(model, fixture)).map(([key, value]) => [key, value.arraySync()]);
    writeFileSync(join(place, 'outputs.json'), JSON.stringify(Object.fromEntries(outputs)));
  }
}

/** Adapters of PEFT load here, and ours there, with the same outputs; ends with an error where they do not. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { python: { type: 'string' } } });
  const python = values.python ?? process.env.PYTHON ?? 'python3';
  const folder = mkdtempSync(join(tmpdir(), 'adapters-'));
  const script = async (command: string) => {
    const arguments_ = [join(__dirname, '..', 'reference', 'check_adapters.py'), command, folder];
    return (await promisify(execFile)(python, arguments_)).stdout;
  };
  try {
    await useBackend('wasm');
    await script('make');
    const departing = await readTheirs(folder);
    await writeOurs(folder);
    process.stdout.write(await script('check'));
    if (departing.length > 0) throw new Error(`Adapters of PEFT depart: ${departing.join(', ')}.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error & { stdout?: string }) => {
  console.error(error.stdout ?? '', error.message);
  process.exitCode = 1;
});
