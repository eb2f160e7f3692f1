import { basename } from 'node:path';
import type { Command } from 'commander';
import { BackendError } from '../errors';
import { formatBytes } from '../files/format_bytes';
import { type DoctorReport, diagnose } from '../runtime/doctor';
import type { TensorflowReport } from '../runtime/tensorflow_report';
import type { CliIo } from './cli_io';
import { table } from './table';
import { writeText } from './write_text';

const EXAMPLES = `
Each backend multiplies two small matrices to prove that it works.

Examples:
  $ tfjs-deberta doctor
  $ tfjs-deberta doctor --json`;

/** Adds `doctor` to the program. */
export function addDoctorCommand(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .summary('say which backends load here, and why others do not')
    .description('Say which TensorFlow.js backends load on this machine, and why others do not.')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(({ json }: { json?: boolean }) => doctor(json === true, io));
}

async function doctor(json: boolean, io: CliIo): Promise<void> {
  const report = await diagnose();
  await writeText(io.stdout, json ? `${JSON.stringify(report)}\n` : describe(report));
  const wrong = report.backends.find((backend) => backend.loads && !backend.product.isRight);
  if (wrong === undefined) return;
  throw new BackendError(`The backend ${wrong.name} computes wrong numbers on this machine; do not use it.`, {
    path: wrong.name,
    received: wrong,
  });
}

function describe(report: DoctorReport): string {
  const { version, tfjs, node, platform, cores, memoryBytes, freeMemoryBytes, best, backends, kernels } = report;
  const machine = [
    ['tfjs-deberta-v2', version],
    ['@tensorflow/tfjs', tfjs],
    ['Node.js', node ?? 'none'],
    ['platform', platform],
    ['cores', String(cores)],
    ['memory', `${formatBytes(memoryBytes ?? 0)}, ${formatBytes(freeMemoryBytes ?? 0)} free`],
    ['SIMD kernels', kernels === null ? 'none run here' : `${kernels.build}, threads: ${kernels.threads}`],
  ];
  const rows = backends.map((backend) =>
    backend.loads
      ? [
          backend.name,
          backend.product.isRight ? 'works' : 'WRONG',
          backend.version,
          `[${backend.product.received.join(', ')}] in ${backend.product.milliseconds.toFixed(1)} ms`,
        ]
      : [backend.name, 'no', '', ''],
  );
  const reasons = backends.flatMap((backend) => (backend.loads ? [] : [`${backend.name}: ${backend.reason}`]));
  return [
    table(machine),
    '\n',
    table(rows, ['backend', 'here', 'version', 'product of two matrices']),
    `\nuseBackend() takes ${best}.\n`,
    ...reasons.map((reason) => `${reason}\n`),
    ...(report.tensorflow === null ? [] : ['\n', table(describeTensorflow(report.tensorflow))]),
  ].join('');
}

function describeTensorflow(report: TensorflowReport): string[][] {
  const { tfjsNode, addon, cpuFeatures, gpus, cudaLibraries } = report;
  const list = (items: readonly string[]) => (items.length === 0 ? 'none found' : items.join(', '));
  const source =
    addon === null || addon.tensorflow === null
      ? 'none linked by tfjs-deberta native'
      : `${addon.tensorflow}, ${addon.installedIn === null ? 'in the cache' : `installed in ${addon.installedIn}`}`;
  return [
    ['@tensorflow/tfjs-node-gpu', tfjsNode === null ? 'not installed' : `${tfjsNode.version} in ${tfjsNode.folder}`],
    ['its addon', addon?.file ?? 'none'],
    ['TensorFlow', source],
    ['processor', list(cpuFeatures)],
    ['GPU', list(gpus.map(({ name, memoryBytes }) => `${name} (${formatBytes(memoryBytes)})`))],
    ['CUDA', list(cudaLibraries.map((file) => basename(file)))],
  ];
}
