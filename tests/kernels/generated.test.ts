import { KERNEL_SOURCES } from '../../src/kernels/generated/kernel_binaries';
import { hashKernelSources } from '../../tools/hash_kernel_sources';

test('the compiled kernels are those of the sources; npm run kernels makes them', () => {
  expect(KERNEL_SOURCES).toBe(hashKernelSources());
});
