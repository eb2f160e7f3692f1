import { OpsExecutor } from '../../src/inference/ops_executor';
import { eachBackend } from '../harness';
import { MODEL_FIXTURES } from '../models/cases';
import { describeExecutor } from './describe_executor';
import { STRUCTURES } from './executor_cases';

// tests/models/parity.test.ts holds predict, which runs this executor on `cpu`, against the reference in every configuration.
eachBackend('OpsExecutor', (backend) => {
  const fixtures = backend === 'wasm' ? MODEL_FIXTURES : STRUCTURES;
  describeExecutor(({ program, weights }) => new OpsExecutor(program, weights), fixtures);
});
