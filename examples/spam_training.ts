import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type BatchStream,
  createOptimizer,
  DebertaV2Config,
  DebertaV2Tokenizer,
  deriveSeed,
  evaluateTextClassification,
  featureBatches,
  paddingCollator,
  progressLog,
  TextFeatureBuilder,
  TFDebertaV2ForSequenceClassification,
  train,
  useBackend,
} from '../src/index';
import { bagOfWordsBaseline } from './baseline';
import { EVERYDAY } from './spam_data/everyday_texts';
import { fetchMails } from './spam_data/fetch_mails';
import { readMails, textOf } from './spam_data/mails';
import { unseenSentences } from './spam_data/sentences';
import { splitMails } from './spam_data/split_mails';
import { type LabelledText, TrainingTexts } from './spam_data/training_texts';

/** Trains the demo's spam classifier, examples/checkpoints/spam, from scratch; its README describes data and result. */

const CHECKPOINT = join(__dirname, 'checkpoints', 'spam'); // configuration and vocabulary are taken from here
const OUTPUT = process.env.EXAMPLE_OUTPUT ?? 'runs/spam'; // folder for the trained model
const TEXTS_ONLY = process.env.EXAMPLE_TEXTS; // a file for the texts of all epochs, in place of training: see tests/reference
const SEED = Number(process.env.EXAMPLE_SEED ?? 1);
const MAX_STEPS = Number(process.env.EXAMPLE_STEPS ?? Number.POSITIVE_INFINITY); // 2 tries whether everything works
const EPOCHS = 3;
const BATCH_SIZE = 32;
const MAX_LENGTH = 256; // tokens
const LEARNING_RATE = 8e-4;
const WARMUP = 0.08; // part of all steps
const WEIGHT_DECAY = 0.05;
const CLIP_NORM = 1;
const LABEL_SMOOTHING = 0.05;
const BUCKETS = [16, 32, 48, 64, 80, 96, 128]; // texts of like length share a batch
const SENTENCE_CHARACTERS = [20, 80] as const; // the sentences on which the model is measured besides mails

async function main(): Promise<void> {
  const { train: mails, heldOut } = splitMails(await readMails(fetchMails()));
  const texts = new TrainingTexts(mails);
  const evaluations = {
    mails: heldOut.map((mail) => ({ text: textOf(mail), label: mail.label })),
    sentences: unseenSentences(heldOut, mails, SENTENCE_CHARACTERS),
    everyday: EVERYDAY,
  };
  if (TEXTS_ONLY !== undefined) {
    const epochs = Array.from({ length: EPOCHS }, (_, epoch) => texts.draw(deriveSeed(SEED, epoch)));
    writeFileSync(TEXTS_ONLY, JSON.stringify({ epochs, evaluations }));
    return;
  }

  const tokenizer = await DebertaV2Tokenizer.fromPretrained(CHECKPOINT);
  const builder = new TextFeatureBuilder({ tokenizer, maxLength: MAX_LENGTH });
  const toFeatures = (labelled: readonly LabelledText[]) => labelled.flatMap((one) => builder.build(one));
  const collator = paddingCollator({ tokenizer, padToMultipleOf: 16 });
  const batchOptions = { batchSize: BATCH_SIZE, bucketByLength: BUCKETS, dropRemainder: true, seed: SEED };
  const batchesPerEpoch = Math.floor(texts.count / BATCH_SIZE);
  // Each epoch has texts of its own, drawn when it begins.
  const batches: BatchStream = {
    batches: (epoch, skip) =>
      featureBatches(toFeatures(texts.draw(deriveSeed(SEED, epoch))), collator, batchOptions).batches(epoch, skip),
    batchesPerEpoch,
  };

  const steps = Math.min(EPOCHS * batchesPerEpoch, MAX_STEPS);
  console.log({ backend: await useBackend(), OUTPUT, SEED, steps, BATCH_SIZE, LEARNING_RATE, WARMUP, WEIGHT_DECAY });
  console.log(`${mails.length} mails to train on, ${heldOut.length} held out`);
  const configJson = JSON.parse(readFileSync(join(CHECKPOINT, 'config.json'), 'utf8'));
  const model = new TFDebertaV2ForSequenceClassification(DebertaV2Config.fromJSON(configJson), {
    seed: SEED,
  });
  const optimizer = createOptimizer({
    initLr: LEARNING_RATE,
    numTrainSteps: steps,
    numWarmupSteps: Math.floor(steps * WARMUP),
    weightDecayRate: WEIGHT_DECAY,
    adamGlobalClipnorm: CLIP_NORM,
  });
  model.compile({ optimizer, labelSmoothing: LABEL_SMOOTHING });
  await train({
    model,
    train: batches,
    maxSteps: steps,
    logs: [progressLog({ totalSteps: steps, recordsPerLine: 10 })],
  });

  const classify = bagOfWordsBaseline(
    mails.map(textOf),
    mails.map(({ label }) => label),
  );
  for (const [name, labelled] of Object.entries(evaluations)) {
    const values = await evaluateTextClassification(model, toFeatures(labelled), { collator, batchSize: 64 });
    const right = labelled.filter(({ text, label }) => classify(text) === label).length;
    console.log(JSON.stringify({ name, texts: labelled.length, ...values, bagOfWords: right / labelled.length }));
  }
  mkdirSync(dirname(OUTPUT), { recursive: true });
  await model.savePretrained(OUTPUT, { format: 'h5' });
  await tokenizer.savePretrained(OUTPUT);
}

main().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
