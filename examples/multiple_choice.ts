import { join } from 'node:path';
import {
  ChoiceFeatureBuilder,
  choiceCollator,
  createOptimizer,
  DebertaV2TokenizerFast,
  evaluateChoices,
  evaluateMultipleChoice,
  featureBatches,
  highest,
  predictFeatures,
  progressLog,
  shuffled,
  splitExamples,
  TFDebertaV2ForMultipleChoice,
  train,
  useBackend,
} from '../src/index';
import { overlapBaseline } from './baseline';
import { smallConfig } from './small_config';
import { readWordnetCloze } from './wordnet_cloze';

// Multiple choice, after https://huggingface.co/docs/transformers/tasks/multiple_choice: which of four words fits a
// definition and the gap in a sentence, with a small model trained from scratch. Run it by
//   npx ts-node --swc examples/multiple_choice.ts "a definition" "A sentence with a ____." word word word word
const SETTINGS = {
  steps: Number(process.env.EXAMPLE_STEPS ?? 1000), // optimizer steps; EXAMPLE_STEPS=2 goes all the way and learns nothing
  batchSize: 16, // questions in a step, each with four texts
  isSameTopic: false, // whether wrong words are of the topic of the right one: too hard for a model without pre-training
  heldOut: 0.05, // share of the questions to judge by
  evaluateEvery: 500, // steps
  evaluationQuestions: 500, // of each evaluation on the way; the last one takes all
  maxLength: 48, // tokens; what is longer is cut off
  size: { hiddenSize: 128, layers: 2, heads: 4, dropout: 0.1 }, // the model
  learningRate: 1e-3, // after the warm-up, from where it goes down to 0; a pre-trained model wants 5e-5
  warmupSteps: 100,
  weightDecay: 0.01,
  clipNorm: 1, // largest norm of the gradient
  seed: Number(process.env.EXAMPLE_SEED ?? 1), // of weights, dropout, the split and the order of the data
  tokenizer: join(__dirname, 'checkpoints', 'spam'), // a vocabulary of SentencePiece
  output: process.env.EXAMPLE_OUTPUT ?? join('runs', 'multiple_choice'), // folder of the trained model
};

const QUESTION = ['the quality of being brave', 'She got a medal for her ____.', 'greed', 'bravery', 'hunger', 'delay'];

async function main([definition, sentence, ...choices]: string[]): Promise<void> {
  const { steps, batchSize, seed } = SETTINGS;
  console.log({ backend: await useBackend(), ...SETTINGS });

  // WordNet has them by part of speech.
  const mixed = shuffled(readWordnetCloze(SETTINGS.isSameTopic, seed), seed);
  const questions = splitExamples(mixed, { validation: SETTINGS.heldOut, seed });
  // No run sees more questions than it has room for.
  const learnt = questions.train.slice(0, steps * batchSize);
  const judged = questions.validation.slice(0, steps * batchSize);
  console.log(`${learnt.length} questions to learn from, ${judged.length} held out`);

  // What can be had without a neural network; a guess is right in one of four.
  const guessed = judged.map(({ context, question, choices }) => overlapBaseline(`${context} ${question}`, choices));
  const labels = judged.map(({ label }) => label!);
  console.log('baseline, the choice that shares most words:', evaluateChoices(labels, guessed));

  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(SETTINGS.tokenizer);
  const builder = new ChoiceFeatureBuilder({ tokenizer, maxLength: SETTINGS.maxLength });
  const features = learnt.flatMap((example) => builder.build(example));
  const heldOut = judged.flatMap((example) => builder.build(example));
  const collator = choiceCollator({ tokenizer });

  const model = new TFDebertaV2ForMultipleChoice(smallConfig(tokenizer, SETTINGS.size), { seed });
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
  const some = heldOut.slice(0, SETTINGS.evaluationQuestions);
  await train({
    model,
    train: featureBatches(features, collator, { batchSize, bucketByLength: true, seed }),
    maxSteps: steps,
    seed,
    evaluation: {
      evaluate: () => evaluateMultipleChoice(model, some, { collator, batchSize }),
      everySteps: SETTINGS.evaluateEvery,
    },
    logs: [progressLog({ totalSteps: steps, recordsPerLine: 10 })],
    handleSignals: true,
  });
  console.log('model:', await evaluateMultipleChoice(model, heldOut, { collator, batchSize }));

  await model.savePretrained(SETTINGS.output);
  await tokenizer.savePretrained(SETTINGS.output);
  model.dispose();
  console.log(`saved in ${SETTINGS.output}`);
  await choose(SETTINGS.output, definition ?? '', sentence ?? '', choices);
}

/** Loads the model and prints which choice it takes. */
async function choose(folder: string, definition: string, sentence: string, choices: string[]): Promise<void> {
  const model = await TFDebertaV2ForMultipleChoice.fromPretrained(folder);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(folder);
  const features = new ChoiceFeatureBuilder({ tokenizer }).build({ context: definition, question: sentence, choices });
  const [logits] = await predictFeatures(model, features, { collator: choiceCollator({ tokenizer }) });
  console.log(`${definition}: ${sentence}`);
  console.log(`  of ${choices.join(', ')}: ${choices[highest(logits![0]!, 1)[0]!]}`);
  model.dispose();
}

const given = process.argv.slice(2);
main(given.length > 0 ? given : QUESTION).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
