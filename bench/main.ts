import { Command } from 'commander';
import { benchConvert } from './convert';
import { benchPredict } from './predict';

const program = new Command('bench').description('Measurements, each a Markdown table.');

program
  .command('convert')
  .description("peak memory and time of the converter on a 283 MB checkpoint, beside a plain copy's time")
  .action(async () => {
    process.stdout.write(`${await benchConvert()}\n`);
  });

program
  .command('predict')
  .description('time of predict on every backend that loads, beside onnxruntime-node')
  .option('--python <path>', 'a Python with tests/reference/requirements.txt and onnx, to make the models', 'python3')
  .option('--max-seconds <number>', 'leave calls out that would take longer than this', Number, 20)
  .action(async (options: { python: string; maxSeconds: number }) => {
    process.stdout.write(`${await benchPredict(options)}\n`);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
