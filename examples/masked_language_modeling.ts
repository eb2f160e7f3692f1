import { join } from 'node:path';
import {
  createOptimizer,
  DebertaV2TokenizerFast,
  evaluateMaskedLanguageModel,
  featureBatches,
  highest,
  maskedLMCollator,
  perplexity,
  progressLog,
  softmax,
  TFDebertaV2ForMaskedLM,
  tf,
  train,
  useBackend,
} from '../src/index';
import { readAddresses } from './addresses';
import { unigramLossBaseline } from './baseline';
import { smallConfig } from './small_config';
import { textBlocks } from './text_blocks';

// Masked language modelling, after https://huggingface.co/docs/transformers/tasks/masked_language_modeling: guesses words
// left out of State of the Union addresses, with a small model trained from scratch. Run it by
//   npx ts-node --swc examples/masked_language_modeling.ts "Any [MASK] of yours"
const SETTINGS = {
  steps: Number(process.env.EXAMPLE_STEPS ?? 1200), // optimizer steps; EXAMPLE_STEPS=2 goes all the way and learns nothing
  batchSize: 32, // blocks in a step
  blockSize: 64, // tokens in a block
  maskedShare: 0.15, // share of the tokens to be guessed
  maxNgram: 1, // most words in a row that are chosen together; DeBERTa-v2 was pre-trained with 3, which is harder
  size: { hiddenSize: 128, layers: 3, heads: 4, dropout: 0.1 }, // the model
  learningRate: 2e-3, // after the warm-up, from where it goes down to 0; a pre-trained model wants 2e-5
  warmupSteps: 100,
  weightDecay: 0.01,
  clipNorm: 1, // largest norm of the gradient
  evaluateEvery: 400, // steps
  evaluationBlocks: 500, // of the held-out addresses
  seed: Number(process.env.EXAMPLE_SEED ?? 1), // of weights, dropout, masks and the order of the data
  tokenizer: join(__dirname, 'checkpoints', 'spam'), // a vocabulary of SentencePiece
  output: process.env.EXAMPLE_OUTPUT ?? join('runs', 'masked_language_modeling'), // folder of the trained model
};

const SENTENCE = 'The Congress of the United [MASK] has passed an act for the [MASK] of the public debt.';

async function main(sentence: string): Promise<void> {
  const { steps, batchSize, blockSize, seed } = SETTINGS;
  console.log({ backend: await useBackend(), ...SETTINGS });

  // Sentences are joined and cut in blocks, no more than the run has room for.
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(SETTINGS.tokenizer);
  const addresses = readAddresses();
  const toBlocks = (texts: readonly string[], most: number) => textBlocks(texts, tokenizer, { blockSize, most, seed });
  const blocks = await toBlocks(addresses.train, steps * batchSize);
  const heldOut = await toBlocks(addresses.heldOut, Math.min(SETTINGS.evaluationBlocks, steps * batchSize));
  console.log(`${blocks.length} blocks to learn from, ${heldOut.length} held out`);

  // What can be had without a neural network.
  const ids = (features: typeof blocks) =>
    features.flatMap(({ input_ids }) => input_ids.filter((id) => !tokenizer.allSpecialIds.includes(id)));
  const baseline = unigramLossBaseline(ids(blocks), ids(heldOut), tokenizer.length);
  console.log('baseline, tokens by how frequent they are:', { loss: baseline, perplexity: perplexity(baseline) });

  const { maskedShare: mlmProbability, maxNgram } = SETTINGS;
  const collator = maskedLMCollator({ tokenizer, mlmProbability, maxNgram });
  const model = new TFDebertaV2ForMaskedLM(smallConfig(tokenizer, SETTINGS.size), { seed });
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
  const evaluate = () => evaluateMaskedLanguageModel(model, heldOut, { collator, batchSize });
  await train({
    model,
    train: featureBatches(blocks, collator, { batchSize, seed }),
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
  await fillMasks(SETTINGS.output, sentence);
}

/** Loads the model and prints the likeliest tokens for each `[MASK]`. */
async function fillMasks(folder: string, sentence: string): Promise<void> {
  const model = await TFDebertaV2ForMaskedLM.fromPretrained(folder);
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(folder);
  const { input_ids } = tokenizer.call(sentence);
  const logits = tf.tidy(() => {
    const ids = tf.tensor2d([input_ids], undefined, 'int32');
    return (model.predict(ids) as tf.Tensor3D).arraySync()[0]!;
  });
  console.log(sentence);
  for (const [position, row] of logits.entries()) {
    if (input_ids[position] !== tokenizer.maskTokenId) continue;
    const probabilities = softmax(row);
    const best = highest(row, 3).map((id) => `${tokenizer.decode(id)} ${probabilities[id]!.toFixed(2)}`);
    console.log(`  ${best.join(', ')}`);
  }
  model.dispose();
}

main(process.argv.slice(2).join(' ') || SENTENCE).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
