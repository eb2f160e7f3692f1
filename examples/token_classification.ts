import { join } from 'node:path';
import {
  createOptimizer,
  DebertaV2TokenizerFast,
  evaluateTokenClassification,
  evaluateTokens,
  featureBatches,
  getEntities,
  progressLog,
  shuffled,
  TFDebertaV2ForTokenClassification,
  TokenFeatureBuilder,
  tf,
  tokenCollator,
  train,
  useBackend,
} from '../src/index';
import { mostFrequentTagBaseline } from './baseline';
import { NAME_TAGS, readBrownNames } from './brown_names';
import { smallConfig } from './small_config';

// Token classification, after https://huggingface.co/docs/transformers/tasks/token_classification: finds the names in
// sentences of the Brown corpus, with a small model trained from scratch. Run it by
//   npx ts-node --swc examples/token_classification.ts "Any sentence of yours"
const SETTINGS = {
  steps: Number(process.env.EXAMPLE_STEPS ?? 1500), // optimizer steps; EXAMPLE_STEPS=2 goes all the way and learns nothing
  batchSize: 32, // sentences in a step
  maxLength: 128, // tokens of a sentence; what is longer is cut off
  size: { hiddenSize: 128, layers: 3, heads: 4, dropout: 0.1 }, // the model
  learningRate: 1e-3, // after the warm-up, from where it goes down to 0; a pre-trained model wants 2e-5
  warmupSteps: 100,
  weightDecay: 0.01,
  clipNorm: 1, // largest norm of the gradient
  evaluateEvery: 500, // steps
  evaluationSentences: 1000, // on the way; at the end all that are held out
  seed: Number(process.env.EXAMPLE_SEED ?? 1), // of weights, dropout and the order of the data
  tokenizer: join(__dirname, 'checkpoints', 'spam'), // a vocabulary of SentencePiece
  output: process.env.EXAMPLE_OUTPUT ?? join('runs', 'token_classification'), // folder of the trained model
};

const SENTENCE = 'Yesterday Senator Paul Douglas of Illinois spoke with the President of the United States in Paris .';

async function main(sentence: string): Promise<void> {
  const { steps, batchSize, seed } = SETTINGS;
  console.log({ backend: await useBackend(), ...SETTINGS });

  // Data, no more than the run has room for.
  const corpus = readBrownNames();
  const sentences = shuffled(corpus.train, seed).slice(0, steps * batchSize);
  const heldOut = shuffled(corpus.heldOut, seed).slice(0, steps * batchSize);
  console.log(`${sentences.length} sentences to learn from, ${heldOut.length} held out`);

  // What can be had without a neural network.
  const tag = mostFrequentTagBaseline(
    sentences.map(({ tokens }) => tokens),
    sentences.map(({ tags }) => tags.map(String)),
  );
  const expected = heldOut.map(({ tags }) => tags.map(String));
  console.log(
    'baseline, the most frequent tag of each word:',
    evaluateTokens(
      expected,
      heldOut.map(({ tokens }) => tag(tokens)),
    ),
  );

  // The first token of each word gets the tag; the others do not count.
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(SETTINGS.tokenizer);
  const builder = new TokenFeatureBuilder({ tokenizer, labelNames: NAME_TAGS, maxLength: SETTINGS.maxLength });
  const features = sentences.flatMap((example) => builder.build(example));
  const heldOutFeatures = heldOut.flatMap((example) => builder.build(example));
  const collator = tokenCollator({ tokenizer });

  const model = new TFDebertaV2ForTokenClassification(smallConfig(tokenizer, SETTINGS.size, NAME_TAGS), { seed });
  console.log(`${model.numParameters().toLocaleString('en')} parameters`);
  model.compile({
    optimizer: createOptimizer({
      initLr: SETTINGS.learningRate,
      numTrainSteps: steps,
      numWarmupSteps: Math.min(SETTINGS.warmupSteps, Math.floor(steps / 2)),
      weightDecayRate: SETTINGS.weightDecay,
      adamGlobalClipnorm: SETTINGS.clipNorm,
    }),
  });
  const evaluate = (sentences: typeof features) =>
    evaluateTokenClassification(model, sentences, { collator, batchSize });
  const some = heldOutFeatures.slice(0, SETTINGS.evaluationSentences);
  await train({
    model,
    train: featureBatches(features, collator, { batchSize, bucketByLength: true, seed }),
    maxSteps: steps,
    seed,
    evaluation: { evaluate: () => evaluate(some), everySteps: SETTINGS.evaluateEvery },
    logs: [progressLog({ totalSteps: steps, recordsPerLine: 10 })],
    handleSignals: true,
  });
  console.log('model:', await evaluate(heldOutFeatures));

  await model.savePretrained(SETTINGS.output);
  await tokenizer.savePretrained(SETTINGS.output);
  model.dispose();
  console.log(`saved in ${SETTINGS.output}`);
  await findNames(SETTINGS.output, sentence.split(/\s+/));
}

/** Loads the model and prints the names that it finds. */
async function findNames(folder: string, words: readonly string[]): Promise<void> {
  const model = await TFDebertaV2ForTokenClassification.fromPretrained(folder);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(folder);
  const encoding = tokenizer.call(words, { isSplitIntoWords: true });
  const best = tf.tidy(() => {
    const logits = model.predict(tf.tensor2d([encoding.input_ids], undefined, 'int32')) as tf.Tensor3D;
    return logits.argMax<tf.Tensor2D>(-1).arraySync()[0]!;
  });
  const tags = words.map((_word, index) => model.config.id2label[best[encoding.wordToTokens(index)?.start ?? 0]!]!);
  console.log(words.join(' '));
  for (const { type, start, end } of getEntities(tags)) console.log(`  ${type}: ${words.slice(start, end).join(' ')}`);
  model.dispose();
}

main(process.argv.slice(2).join(' ') || SENTENCE).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
