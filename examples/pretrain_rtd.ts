import { join } from 'node:path';
import {
  createOptimizer,
  DebertaV2TokenizerFast,
  detectReplacedTokens,
  evaluateReplacedTokenDetection,
  featureBatches,
  generatorConfig,
  pretrain,
  progressLog,
  ReplacedTokenDetectionPretraining,
  replacedTokenCollator,
  TFDebertaV2ForMaskedLM,
  TFDebertaV2ForReplacedTokenDetection,
  useBackend,
} from '../src/index';
import { readAddresses } from './addresses';
import { smallConfig } from './small_config';
import { textBlocks } from './text_blocks';

// Pre-training as of DeBERTa-v3 (https://arxiv.org/abs/2111.09543), at a size for minutes: a generator guesses words left
// out of State of the Union addresses, and a discriminator learns to tell its guesses from what was there. Run it by
//   npx ts-node --swc examples/pretrain_rtd.ts "Any sentence with a wrong word"
const SETTINGS = {
  steps: Number(process.env.EXAMPLE_STEPS ?? 600), // steps of both models; EXAMPLE_STEPS=2 goes all the way and learns nothing
  batchSize: 16, // blocks in a step
  blockSize: 64, // tokens in a block
  maskedShare: 0.15, // share of the tokens that the generator guesses
  size: { hiddenSize: 128, layers: 4, heads: 4, dropout: 0 }, // the discriminator; the generator has half its layers
  embeddingSharing: 'gdes', // or 'es', or 'none'
  lambda: 10, // weight of the discriminator's loss
  learningRate: 2e-3, // of the discriminator, after the warm-up, from where it goes down to 0
  generatorLearningRate: 1e-4, // low: what a generator puts in that is soon good, no small model finds within minutes
  warmupSteps: 60,
  weightDecay: 0.01,
  clipNorm: 1, // largest norm of each gradient
  evaluateEvery: 100, // steps
  evaluationBlocks: 300, // of the held-out addresses
  seed: Number(process.env.EXAMPLE_SEED ?? 1), // of weights, dropout, masks, drawn tokens and the order of the data
  tokenizer: join(__dirname, 'checkpoints', 'spam'), // a vocabulary of SentencePiece
  output: process.env.EXAMPLE_OUTPUT ?? join('runs', 'pretrain_rtd'), // folder of the models
} as const;

const SENTENCE = 'The Congress of the United Mexico has passed an act for the payment of the public war.';

async function main(sentence: string): Promise<void> {
  const { steps, batchSize, blockSize, seed, embeddingSharing, lambda } = SETTINGS;
  console.log({ backend: await useBackend(), ...SETTINGS });

  // Sentences are joined and cut in blocks, no more than the run has room for.
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(SETTINGS.tokenizer);
  const addresses = readAddresses();
  const toBlocks = (texts: readonly string[], most: number) => textBlocks(texts, tokenizer, { blockSize, most, seed });
  const blocks = await toBlocks(addresses.train, steps * batchSize);
  const heldOut = await toBlocks(addresses.heldOut, Math.min(SETTINGS.evaluationBlocks, steps * batchSize));
  console.log(`${blocks.length} blocks to learn from, ${heldOut.length} held out`);

  const config = smallConfig(tokenizer, SETTINGS.size);
  const makeOptimizer = (initLr: number) =>
    createOptimizer({
      initLr,
      numTrainSteps: steps,
      numWarmupSteps: Math.min(SETTINGS.warmupSteps, Math.floor(steps / 2)),
      weightDecayRate: SETTINGS.weightDecay,
      adamGlobalClipnorm: SETTINGS.clipNorm,
    });
  const pretraining = new ReplacedTokenDetectionPretraining({
    generator: new TFDebertaV2ForMaskedLM(generatorConfig(config), { seed }),
    discriminator: new TFDebertaV2ForReplacedTokenDetection(config, { seed: seed + 1 }),
    generatorOptimizer: makeOptimizer(SETTINGS.generatorLearningRate),
    discriminatorOptimizer: makeOptimizer(SETTINGS.learningRate),
    embeddingSharing,
    lambda,
    seed,
  });
  const { generator, discriminator } = pretraining;
  for (const model of [generator, discriminator]) {
    console.log(`${model.architecture}: ${model.numParameters().toLocaleString('en')} parameters`);
  }

  const collator = replacedTokenCollator({ tokenizer, mlmProbability: SETTINGS.maskedShare });
  const measured = featureBatches(heldOut, collator, { batchSize, shuffle: false });
  const evaluate = () => evaluateReplacedTokenDetection(pretraining, measured.batches(0));
  // What can be had without a neural network: the same answer for every token.
  const { majority_accuracy, ...first } = await evaluate();
  console.log('baseline, every token taken for an original one:', { accuracy: majority_accuracy });
  console.log('before:', first);
  await pretrain({
    pretraining,
    train: featureBatches(blocks, collator, { batchSize, seed }),
    maxSteps: steps,
    evaluation: { evaluate, everySteps: SETTINGS.evaluateEvery },
    logs: [progressLog({ totalSteps: steps, recordsPerLine: 10 })],
    handleSignals: true,
  });
  console.log('model:', await evaluate());

  await pretraining.savePretrained(SETTINGS.output);
  await tokenizer.savePretrained(SETTINGS.output);
  pretraining.dispose();
  for (const model of [generator, discriminator]) model.dispose();
  console.log(`saved in ${SETTINGS.output}`);
  await findReplaced(SETTINGS.output, sentence);
}

/** Loads the discriminator and prints how likely each token is one that was put in. */
async function findReplaced(folder: string, sentence: string): Promise<void> {
  const model = await TFDebertaV2ForReplacedTokenDetection.fromPretrained(folder);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(folder);
  const [tokens = []] = await detectReplacedTokens(model, tokenizer, [sentence]);
  for (const { token, score } of tokens) console.log(`  ${score.toFixed(2)} ${token}`);
  model.dispose();
}

main(process.argv.slice(2).join(' ') || SENTENCE).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
