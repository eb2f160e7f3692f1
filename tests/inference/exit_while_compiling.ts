import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { useBackend } from '../../src/runtime/use_backend';
import { configFor } from '../models/cases';
import { fixtureNamed } from './executor_cases';

/** So many that the compiler takes a second or more. */
const LAYERS = 12;
/** Enough for the compiler to be started, too little for it to be done. */
const COMPILING_MS = 300;

/** Ends the process, in the way its argument says, while a model's graph is being compiled. */
async function main(): Promise<void> {
  await useBackend('tensorflow');
  const { config } = fixtureNamed('conv_kernel_3');
  const model = new TFDebertaV2Model(configFor({ ...config, num_hidden_layers: LAYERS }, 'model'));
  void model.warmUp([[2, 16]]);
  await new Promise((resolve) => setTimeout(resolve, COMPILING_MS));
  process.stdout.write(`${model.inferenceInfo().compiledShapes.length} compiled\n`);
  if (process.argv[2] === 'throw') throw new Error('The end.');
  process.exit(0);
}

process.on('uncaughtException', () => process.exit(3));
void main();
