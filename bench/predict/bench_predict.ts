import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as onnx from 'onnxruntime-node';
import { type BackendName, DebertaError, TFDebertaV2Model, tf, useBackend } from '../src/index';

const CACHE = join(__dirname, '.cache', 'predict');
const MODELS = ['xsmall', 'base'];
const SHAPES: Array<[batch: number, length: number]> = [
  [1, 16],
  [1, 128],
  [8, 128],
  [1, 512],
];
/** Calls of one participant in a row; the first is not counted, since it follows another participant's threads. */
const BLOCK = 3;
const ROUNDS = 3;
/** Outputs farther apart than this would mean that two different models are compared. */
const LARGEST_DIFFERENCE = 1e-4;

/** Options of {@link benchPredict}. */
export interface PredictBenchOptions {
  /** A Python with the packages of `tests/reference/requirements.txt` and `onnx`, to make the models. */
  readonly python: string;
  /** A call expected to take longer than this is left out, in seconds. */
  readonly maxSeconds: number;
}

/** One way of computing the model's output. */
interface Participant {
  readonly name: string;
  readonly run: (ids: Int32Array, batch: number, length: number) => Promise<Float32Array>;
}

/**
 * Times `predict` on every backend that loads beside onnxruntime-node, which runs a graph of the same weights exported
 * by the reference.
 *
 * All take turns in one process, in blocks of three calls. The outputs are compared first.
 *
 * @returns a Markdown table of median times in milliseconds, with the ratio to onnxruntime-node.
 */
export async function benchPredict(options: PredictBenchOptions): Promise<string> {
  await makeModels(options.python);
  const backends = await loadingBackends();
  const threads = availableParallelism();
  const rows = [
    `| model | (B, S) | onnxruntime-node, ${threads} threads | ${backends.join(' | ')} |`,
    `|---|---|---|${backends.map(() => '---|').join('')}`,
  ];
  for (const model of MODELS) {
    const session = await onnx.InferenceSession.create(join(CACHE, `${model}.onnx`), { intraOpNumThreads: threads });
    const participants = [onnxParticipant(session)];
    for (const backend of backends) participants.push(await tfjsParticipant(model, backend));
    const speeds = new Map<string, number>();
    for (const [batch, length] of SHAPES) {
      const medians = await race(participants, batch, length, speeds, options.maxSeconds);
      const [reference = Number.NaN, ...ours] = medians;
      const cells = ours.map((ms) =>
        ms === undefined ? 'left out' : `${ms.toFixed(0)} (${(ms / reference).toFixed(1)} ×)`,
      );
      rows.push(`| ${model} | (${batch}, ${length}) | ${reference.toFixed(1)} | ${cells.join(' | ')} |`);
    }
    await session.release();
  }
  return `${rows.join('\n')}\n\nMedian milliseconds of a call (ratio to onnxruntime-node). Left out: expected above ${options.maxSeconds} s a call.`;
}

async function makeModels(python: string): Promise<void> {
  if (MODELS.every((model) => existsSync(join(CACHE, `${model}.onnx`)))) return;
  process.stderr.write('Making the models with the reference…\n');
  await promisify(execFile)(python, [join(__dirname, 'export_onnx.py'), CACHE]).catch((error: Error) => {
    throw new Error(
      `${python} could not make the models; install tests/reference/requirements.txt and onnx for it, or name another with --python.\n${error.message}`,
    );
  });
}

async function loadingBackends(): Promise<BackendName[]> {
  const loading: BackendName[] = [];
  for (const backend of ['tensorflow', 'wasm', 'cpu'] as const) {
    try {
      await useBackend(backend);
      loading.push(backend);
    } catch (error) {
      if (!(error instanceof DebertaError)) throw error;
    }
  }
  return loading;
}

function onnxParticipant(session: onnx.InferenceSession): Participant {
  return {
    name: 'onnxruntime-node',
    run: async (ids, batch, length) => {
      const mask = new BigInt64Array(ids.length).fill(1n);
      const { last_hidden_state: states } = await session.run({
        input_ids: new onnx.Tensor('int64', BigInt64Array.from(ids, BigInt), [batch, length]),
        attention_mask: new onnx.Tensor('int64', mask, [batch, length]),
      });
      return states!.data as Float32Array;
    },
  };
}

async function tfjsParticipant(name: string, backend: BackendName): Promise<Participant> {
  await useBackend(backend);
  const model = await TFDebertaV2Model.fromPretrained(join(CACHE, name));
  return {
    name: backend,
    run: async (ids, batch, length) => {
      if (tf.getBackend() !== backend) await tf.setBackend(backend);
      const input = tf.tensor2d(ids, [batch, length], 'int32');
      const states = model.predict(input) as tf.Tensor;
      const values = (await states.data()) as Float32Array;
      tf.dispose([input, states]);
      return values;
    },
  };
}

/**
 * Median milliseconds of each participant, the first being the reference; undefined where a call would take too long.
 *
 * @param speeds milliseconds per token each participant took last, from which the time of a call is foreseen.
 */
async function race(
  participants: readonly Participant[],
  batch: number,
  length: number,
  speeds: Map<string, number>,
  maxSeconds: number,
): Promise<Array<number | undefined>> {
  const tokens = batch * length;
  const ids = Int32Array.from({ length: tokens }, (_, index) => (index * 7919) % 7999);
  const tooSlow = ({ name }: Participant) => (speeds.get(name) ?? 0) * tokens > maxSeconds * 1000;
  const racing = participants.filter((participant) => !tooSlow(participant));
  const expected = await participants[0]!.run(ids, batch, length);
  const times = new Map(racing.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const participant of racing) {
      for (let call = 0; call < BLOCK; call++) {
        const start = performance.now();
        const output = await participant.run(ids, batch, length);
        if (call > 0) times.get(participant.name)!.push(performance.now() - start);
        if (round === 0 && call === 0) checkSame(participant.name, output, expected);
      }
    }
  }
  return participants.map(({ name }) => {
    const sorted = times.get(name)?.sort((a, b) => a - b);
    if (sorted === undefined) return undefined;
    const median = sorted[Math.floor(sorted.length / 2)]!;
    speeds.set(name, median / tokens);
    return median;
  });
}

function checkSame(name: string, output: Float32Array, expected: Float32Array): void {
  const difference = output.reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected[index]!)), 0);
  if (!(difference <= LARGEST_DIFFERENCE)) {
    throw new Error(`${name} differs from onnxruntime-node by ${difference}; the comparison would mean nothing.`);
  }
}
