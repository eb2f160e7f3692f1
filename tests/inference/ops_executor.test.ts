import { OpsExecutor } from '../../src/inference/ops_executor';
import { eachBackend } from '../harness';
import { describeExecutor } from './describe_executor';

// tests/models/parity.test.ts holds predict, which runs this executor, against the reference with the fixtures' masks.
eachBackend('OpsExecutor', () => {
  describeExecutor(({ program, weights }) => new OpsExecutor(program, weights));
});
