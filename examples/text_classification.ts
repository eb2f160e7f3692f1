import { join } from 'node:path';
import {
  createOptimizer,
  DebertaV2TokenizerFast,
  evaluateSingleLabel,
  evaluateTextClassification,
  highest,
  KerasMetricCallback,
  paddingCollator,
  prepareTFDataset,
  softmax,
  splitExamples,
  TextFeatureBuilder,
  TFDebertaV2ForSequenceClassification,
  tf,
  useBackend,
} from '../src/index';
import { bagOfWordsBaseline } from './baseline';
import { readSentimentSentences, SENTIMENTS } from './sentiment_sentences';
import { smallConfig } from './small_config';

// Text classification, after https://huggingface.co/docs/transformers/tasks/sequence_classification and its Keras part:
// tells whether a sentence of a review is positive, with a small model trained from scratch. Run it by
//   npx ts-node --swc examples/text_classification.ts "Any sentence of yours"
const SETTINGS = {
  epochs: 4, // times that the sentences are gone through
  stepsPerEpoch: Number(process.env.EXAMPLE_STEPS ?? Number.POSITIVE_INFINITY), // EXAMPLE_STEPS=2 goes all the way and learns nothing
  batchSize: 16, // sentences in a step
  heldOut: 0.2, // share of the sentences to judge by
  maxLength: 128, // tokens; what is longer is cut off
  size: { hiddenSize: 128, layers: 2, heads: 4, dropout: 0.3 }, // the model
  learningRate: 1e-3, // after the warm-up, from where it goes down to 0; a pre-trained model wants 2e-5
  warmupSteps: 100,
  weightDecay: 0.01,
  clipNorm: 1, // largest norm of the gradient
  seed: Number(process.env.EXAMPLE_SEED ?? 1), // of weights, dropout, the split and the order of the data
  tokenizer: join(__dirname, 'checkpoints', 'spam'), // a vocabulary of SentencePiece
  output: process.env.EXAMPLE_OUTPUT ?? join('runs', 'text_classification'), // folder of the trained model
};

const SENTENCE = 'The food was wonderful and the waiters were very friendly.';

async function main(sentence: string): Promise<void> {
  const { epochs, batchSize, seed } = SETTINGS;
  console.log({ backend: await useBackend(), ...SETTINGS });

  const sentences = readSentimentSentences();
  const { train, validation } = splitExamples(sentences, {
    validation: SETTINGS.heldOut,
    seed,
    stratify: ({ label }) => label,
  });
  console.log(`${train.length} sentences to learn from, ${validation.length} held out`);

  // What can be had without a neural network.
  const classify = bagOfWordsBaseline(
    train.map(({ text }) => text),
    train.map(({ label }) => label),
  );
  const labels = validation.map(({ label }) => label);
  const guessed = validation.map(({ text }) => classify(text));
  console.log('baseline, naive Bayes on words:', evaluateSingleLabel(labels, guessed));

  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(SETTINGS.tokenizer);
  const builder = new TextFeatureBuilder({ tokenizer, labelNames: SENTIMENTS, maxLength: SETTINGS.maxLength });
  const features = train.flatMap((example) => builder.build(example));
  const heldOut = validation.flatMap((example) => builder.build(example));
  const collator = paddingCollator({ tokenizer });
  const batchesPerEpoch = Math.min(SETTINGS.stepsPerEpoch, Math.floor(features.length / batchSize));
  const trainSet = prepareTFDataset(features, collator, { batchSize, bucketByLength: true, seed }).take(
    batchesPerEpoch,
  );
  const heldOutSet = prepareTFDataset(heldOut, collator, { batchSize, bucketByLength: true, shuffle: false });

  const model = new TFDebertaV2ForSequenceClassification(smallConfig(tokenizer, SETTINGS.size, SENTIMENTS), { seed });
  console.log(`${model.numParameters().toLocaleString('en')} parameters`);
  model.compile({
    optimizer: createOptimizer({
      initLr: SETTINGS.learningRate,
      numTrainSteps: epochs * batchesPerEpoch,
      numWarmupSteps: Math.min(SETTINGS.warmupSteps, batchesPerEpoch),
      weightDecayRate: SETTINGS.weightDecay,
      adamGlobalClipnorm: SETTINGS.clipNorm,
    }),
  });
  const accuracy = (logits: number[][], expected: number[]) => ({
    accuracy: evaluateSingleLabel(
      expected,
      logits.map((row) => highest(row, 1)[0]!),
    ).accuracy,
  });
  await model.fitDataset(trainSet, {
    epochs,
    verbose: 0,
    callbacks: [
      new KerasMetricCallback(accuracy, heldOutSet),
      new tf.CustomCallback({ onEpochEnd: async (epoch, logs) => console.log('epoch', epoch + 1, logs) }),
    ],
  });
  console.log('model:', await evaluateTextClassification(model, heldOut, { collator, batchSize }));

  await model.savePretrained(SETTINGS.output);
  await tokenizer.savePretrained(SETTINGS.output);
  model.dispose();
  console.log(`saved in ${SETTINGS.output}`);
  await classifyText(SETTINGS.output, sentence);
}

/** Loads the model and prints how likely each class is. */
async function classifyText(folder: string, sentence: string): Promise<void> {
  const model = await TFDebertaV2ForSequenceClassification.fromPretrained(folder);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(folder);
  const inputs = tokenizer.call([sentence], { returnTensors: 'tf' });
  const [logits] = tf.tidy(() => (model.predict(inputs) as tf.Tensor2D).arraySync());
  console.log(sentence);
  for (const [index, probability] of softmax(logits!).entries()) {
    console.log(`  ${model.config.id2label[index]} ${probability.toFixed(2)}`);
  }
  tf.dispose(Object.values(inputs));
  model.dispose();
}

main(process.argv.slice(2).join(' ') || SENTENCE).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
