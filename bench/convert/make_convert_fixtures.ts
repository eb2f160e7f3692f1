import { DebertaV2Config, TFDebertaV2Model, useBackend } from '../../src/index';
import { XSMALL } from '../published_shapes';
import { CONVERT_FIXTURES } from './convert_fixture';

// A process of its own: what it holds would count in the peak memory of the processes forked beside it.
async function main(): Promise<void> {
  await useBackend('cpu');
  const model = new TFDebertaV2Model(new DebertaV2Config(XSMALL.config), { seed: 1 });
  if (model.numParameters() !== XSMALL.parameters)
    throw new Error(`The shape has ${model.numParameters()} parameters.`);
  for (const { folder, format } of CONVERT_FIXTURES) {
    if (format !== 'bin') await model.savePretrained(folder, { format });
  }
}

void main();
