import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { DebertaV2Tokenizer, TFDebertaV2ForSequenceClassification, tf, useBackend } from '../src/index';

const CHECKPOINT = join(__dirname, 'checkpoints', 'spam');
const SENTENCES = [
  'Congratulations! You have won a free prize. Click here to claim your cash now!',
  'Lowest mortgage rates in years! Apply today and save thousands, no obligation.',
  'Make money fast from home! Earn $5000 per week, guaranteed.',
  'Can we move the meeting to Thursday afternoon?',
  'The patch fixes the build on Linux, please review it.',
  'I read the article you sent and I do not agree with the last paragraph.',
];

/**
 * The whole way of a TensorFlow checkpoint: converted to tfjs by the command-line tool, loaded, and asked whether the
 * sentences on the command line, or a handful of its own, are spam.
 */
async function main(sentences: string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'deberta-demo-'));
  try {
    const converted = join(folder, 'tfjs');
    const tool = join(__dirname, '..', 'tools', 'convert_tf_checkpoint.ts');
    execFileSync(process.execPath, ['-r', 'ts-node/register/transpile-only', tool, CHECKPOINT, converted], {
      stdio: 'inherit',
    });

    const backend = await useBackend();
    const model = await TFDebertaV2ForSequenceClassification.fromPretrained(converted);
    const tokenizer = await DebertaV2Tokenizer.fromPretrained(converted);
    const batch = tokenizer.call(sentences, { padding: true, truncation: true, maxLength: 128, returnTensors: 'tf' });
    const probabilities = tf.tidy(() => tf.softmax(model.predict(batch) as tf.Tensor2D).arraySync());

    const labels = Object.values(model.config.id2label);
    const table = new Table({
      head: ['text', ...labels, 'answer'],
      colWidths: [72],
      wordWrap: true,
      style: { head: [] },
    });
    for (const [index, row] of probabilities.entries()) {
      const best = row.indexOf(Math.max(...row));
      table.push([sentences[index], ...row.map((p) => p.toFixed(3)), labels[best]]);
    }
    process.stdout.write(
      `${table.toString()}\n${model.numParameters().toLocaleString('en')} parameters on ${backend}\n`,
    );
    tf.dispose(Object.values(batch));
    model.dispose();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const given = process.argv.slice(2);
main(given.length > 0 ? given : SENTENCES).catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
