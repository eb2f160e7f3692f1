import { SimdExecutor } from '../../src/inference/simd_executor';
import { KERNEL_BUILDS, supportsBuild } from '../../src/kernels/kernel_build';
import { useBackend } from '../../src/runtime/use_backend';
import { describeExecutor } from './describe_executor';

describe.each(KERNEL_BUILDS.filter(supportsBuild))('SimdExecutor, build %s', (build) => {
  beforeAll(() => useBackend('wasm'));

  describeExecutor(({ program, weights }) => new SimdExecutor(program, weights, { build }));
});
