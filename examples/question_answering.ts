import { join } from 'node:path';
import {
  createOptimizer,
  DebertaV2TokenizerFast,
  evaluateAnswers,
  evaluateQuestionAnswering,
  extractAnswers,
  featureBatches,
  predictFeatures,
  progressLog,
  QuestionFeatureBuilder,
  questionCollator,
  shuffled,
  TFDebertaV2ForQuestionAnswering,
  train,
  useBackend,
} from '../src/index';
import { readAddresses } from './addresses';
import { sentenceBaseline } from './baseline';
import { clozeQuestions } from './cloze_questions';

// Question answering, after https://huggingface.co/docs/transformers/tasks/question_answering: finds the name
// or number that is asked for in a passage of a State of the Union address. The texts are real, the questions made by
// machine. The encoder is that of the spam classifier in this folder, which knows its vocabulary already. Run it by
//   npx ts-node --swc examples/question_answering.ts "A question of yours" "A passage with its answer"
const SETTINGS = {
  steps: Number(process.env.EXAMPLE_STEPS ?? 2000), // optimizer steps; EXAMPLE_STEPS=2 goes all the way and learns nothing
  batchSize: 16, // questions in a step
  passageCharacters: 300, // longest passage
  questionCharacters: 30, // of the sentence, on either side of the answer
  maxLength: 128, // tokens of question and passage; a longer passage is read in windows
  stride: 32, // tokens that a window repeats
  checkpoint: join(__dirname, 'checkpoints', 'spam'), // encoder and vocabulary to begin with; the head starts fresh
  learningRate: 1e-3, // after the warm-up, from where it goes down to 0; a larger model wants 2e-5
  warmupSteps: 100,
  weightDecay: 0.01,
  clipNorm: 1, // largest norm of the gradient
  evaluateEvery: 400, // steps
  evaluationQuestions: 600, // of the held-out addresses
  seed: Number(process.env.EXAMPLE_SEED ?? 1), // of weights, dropout and the order of the data
  output: process.env.EXAMPLE_OUTPUT ?? join('runs', 'question_answering'), // folder of the trained model
};

const QUESTION = 'The Erie Canal was finished in what year';
const CONTEXT =
  'The Erie Canal was finished in 1825, and the Panama Canal in 1914. Both were built for the ships of Great Britain and the United States.';

async function main(question: string, context: string): Promise<void> {
  const { steps, batchSize, seed, maxLength, stride } = SETTINGS;
  console.log({ backend: await useBackend(), ...SETTINGS });

  // Data, no more than the run has room for.
  const addresses = readAddresses();
  const most = steps * batchSize;
  const questions = shuffled(clozeQuestions(addresses.train, SETTINGS), seed).slice(0, most);
  const allHeldOut = shuffled(clozeQuestions(addresses.heldOut, SETTINGS), seed);
  const heldOut = allHeldOut.slice(0, Math.min(SETTINGS.evaluationQuestions, most));
  console.log(`${questions.length} questions to learn from, ${heldOut.length} held out`);

  // What can be had without a neural network.
  const expected = heldOut.map(({ answers }) => answers.text);
  const sentences = heldOut.map(({ question, context }) => sentenceBaseline(question, context));
  const byKind = new Map(allHeldOut.map(({ kind, context, answers }) => [kind + context, answers.text[0]!]));
  const ofKind = heldOut.map(({ kind, context }) => byKind.get(kind + context)!);
  console.log('baseline, the sentence like the question:', evaluateAnswers(expected, sentences));
  console.log('baseline, something of the passage that is of the kind:', evaluateAnswers(expected, ofKind));

  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(SETTINGS.checkpoint);
  const builder = new QuestionFeatureBuilder({ tokenizer, maxLength, stride });
  const unlabelled = new QuestionFeatureBuilder({ tokenizer, maxLength, stride, labelAnswers: false });
  const features = questions.flatMap((question) => builder.build(question));
  const heldOutFeatures = heldOut.flatMap((question) => unlabelled.build(question));
  // The loss looks at padding, so that each length is compiled for itself: there should be few.
  const collator = questionCollator({ tokenizer, padToMultipleOf: 32 });

  const model = await TFDebertaV2ForQuestionAnswering.fromPretrained(SETTINGS.checkpoint, { seed });
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
  const evaluate = () => evaluateQuestionAnswering(model, heldOutFeatures, { examples: heldOut, collator, batchSize });
  await train({
    model,
    train: featureBatches(features, collator, { batchSize, bucketByLength: true, seed }),
    maxSteps: steps,
    seed,
    evaluation: { evaluate, everySteps: SETTINGS.evaluateEvery },
    logs: [progressLog({ totalSteps: steps, recordsPerLine: 10 })],
    handleSignals: true,
  });
  console.log('model:', await evaluate());

  await model.savePretrained(SETTINGS.output);
  await tokenizer.savePretrained(SETTINGS.output);
  model.dispose();
  console.log(`saved in ${SETTINGS.output}`);
  await answer(SETTINGS.output, question, context);
}

/** Loads the model and prints the likeliest answers to a question. */
async function answer(folder: string, question: string, context: string): Promise<void> {
  const model = await TFDebertaV2ForQuestionAnswering.fromPretrained(folder);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(folder);
  const { maxLength, stride } = SETTINGS;
  const builder = new QuestionFeatureBuilder({ tokenizer, maxLength, stride, labelAnswers: false });
  const features = builder.build({ id: '', question, context, answers: { text: [], answer_start: [] } });
  const [starts, ends] = await predictFeatures(model, features, { collator: questionCollator({ tokenizer }) });
  const [found] = extractAnswers(features, starts!, ends!);
  console.log(`${context}\n${question}`);
  for (const { text, probability } of found!.nBest.slice(0, 3)) console.log(`  ${text} ${probability.toFixed(2)}`);
  model.dispose();
}

const [question = QUESTION, context = CONTEXT] = process.argv.slice(2);
main(question, context).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
