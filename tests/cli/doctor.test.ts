import * as tf from '@tensorflow/tfjs';
import type { DoctorReport } from '../../src/runtime/doctor';
import { runCli } from './support';

describe('doctor', () => {
  test('prints versions, every backend, and why some do not load', async () => {
    const { code, stdout, stderr } = await runCli(['doctor']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^tfjs-deberta-v2 +\d/);
    expect(stdout).toMatch(/^Node\.js +\d/m);
    expect(stdout).toMatch(/^SIMD kernels +(relaxed|simd)(_threads)?, threads: \d/m);
    for (const backend of ['wasm', 'cpu']) {
      expect(stdout).toMatch(new RegExp(`^${backend} +works +4\\.\\S+ +\\[19, 22, 43, 50\\] in \\d`, 'm'));
    }
    expect(stdout).toMatch(/^webgl +no$/m);
    expect(stdout).toMatch(/^webgl: The backend webgl .* needs a browser with WebGL/m);
    for (const line of ['@tensorflow/tfjs-node-gpu', 'its addon', 'TensorFlow', 'processor', 'GPU', 'CUDA']) {
      expect(stdout).toMatch(new RegExp(`^${line}  +\\S`, 'm'));
    }
    expect(stdout).toMatch(/^useBackend\(\) takes (wasm|tensorflow)\.$/m);
  });

  test('prints the report as JSON', async () => {
    const { code, stdout } = await runCli(['doctor', '--json']);
    expect(code).toBe(0);
    const report: DoctorReport = JSON.parse(stdout);
    expect(report.backends.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'webgl', 'wasm', 'cpu']);
    expect(report.node).toBe(process.versions.node);
  });

  test('fails when a backend computes wrong numbers', async () => {
    const multiply = tf.getKernel('BatchMatMul', 'cpu').kernelFunc;
    tf.copyRegisteredKernels('cpu', 'webgpu');
    tf.unregisterKernel('BatchMatMul', 'webgpu');
    tf.registerKernel({
      kernelName: 'BatchMatMul',
      backendName: 'webgpu',
      kernelFunc: (call) => multiply({ ...call, inputs: { a: call.inputs.b, b: call.inputs.a } }),
    });
    tf.registerBackend('webgpu', tf.findBackendFactory('cpu'));
    try {
      const { code, stdout, stderr } = await runCli(['doctor']);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^webgpu +WRONG/m);
      expect(stderr).toBe('error: The backend webgpu computes wrong numbers on this machine; do not use it.\n');
    } finally {
      tf.removeBackend('webgpu');
    }
  });
});
