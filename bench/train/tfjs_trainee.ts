import {
  AdamWeightDecay,
  type BackendName,
  DebertaV2Config,
  TFDebertaV2ForSequenceClassification,
  tf,
  useBackend,
} from '../../src/index';
import { answerRequests } from '../answer_requests';
import type { Lesson, Memory, Opened, Request, Stepped } from './protocol';

/** This package on one backend. Usage: tfjs_trainee.ts BACKEND THREADS [eager|checkpointing|stock|unfused] */
const [backend, threads, form] = process.argv.slice(2) as [BackendName, string, string?];

const isOfTfjs = form === 'stock' || form === 'unfused';

let step: () => Promise<number>;

async function open({ config, ids, labels }: Lesson): Promise<Opened> {
  await useBackend(backend, { threads: Number(threads), ...(isOfTfjs && { kernels: false }) });
  const model = new TFDebertaV2ForSequenceClassification(DebertaV2Config.fromJSON(config), { seed: 1 });
  if (form === 'checkpointing') model.gradientCheckpointingEnable();
  model.compile({
    optimizer: new AdamWeightDecay({ learningRate: 1e-5, weightDecayRate: 0.01, clipNorm: 1 }),
    runEagerly: form === 'eager',
  });
  step = async () => {
    const batch = tf.tensor2d(
      ids.map((row) => [...row]),
      undefined,
      'int32',
    );
    const classes = tf.tensor1d([...labels], 'int32');
    const { loss } = await model.trainStep(batch, classes);
    tf.dispose([batch, classes]);
    return loss;
  };
  return { parameters: model.numParameters() };
}

async function timeStep(): Promise<Stepped> {
  const start = performance.now();
  const loss = await step();
  return { milliseconds: performance.now() - start, loss: Number.isFinite(loss) ? loss : null };
}

void answerRequests<Request>(async (request): Promise<Opened | Stepped | Memory> => {
  if (request.do === 'open') return open(request);
  if (request.do === 'step') return timeStep();
  // Node reports kilobytes.
  return { peakBytes: process.resourceUsage().maxRSS * 1024 };
});
