import type { Command } from 'commander';
import { BackendError } from '../errors';
import { type DoctorReport, diagnose } from '../runtime/doctor';
import type { CliIo } from './cli_io';
import { formatBytes } from './format_bytes';
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
  const { version, tfjs, node, platform, cores, memoryBytes, freeMemoryBytes, best, backends } = report;
  const machine = [
    ['tfjs-deberta-v2', version],
    ['@tensorflow/tfjs', tfjs],
    ['Node.js', node ?? 'none'],
    ['platform', platform],
    ['cores', String(cores)],
    ['memory', `${formatBytes(memoryBytes ?? 0)}, ${formatBytes(freeMemoryBytes ?? 0)} free`],
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
  ].join('');
}
