import fs from 'node:fs/promises';
import { convertCheckpoint } from '../../src/convert/convert_checkpoint';

/** What the test asks of this process. */
export interface Conversion {
  readonly source: string;
  readonly output: string;
  readonly overwrite: boolean;
  readonly format: 'tfjs' | 'safetensors' | 'h5' | 'tf2';
  /** When it is killed: at the first step of the progress that reaches this part, or at a renaming. */
  readonly moment: number | `${'before' | 'after'} renaming ${number}`;
}

/** Ends the process as a crash does: nothing of it runs any more. */
const die = () => process.kill(process.pid, 'SIGKILL');

async function main({ source, output, overwrite, format, moment }: Conversion): Promise<void> {
  let renamings = 0;
  const rename = fs.rename;
  fs.rename = async (...paths) => {
    renamings++;
    if (moment === `before renaming ${renamings}`) die();
    await rename(...paths);
    if (moment === `after renaming ${renamings}`) die();
  };
  await convertCheckpoint(source, output, {
    overwrite,
    format,
    // Pieces of many sizes, so that there are several files.
    maxShardSize: 10_000,
    onProgress: ({ loaded, total }) => {
      if (typeof moment === 'number' && loaded >= moment * total) die();
    },
  });
}

void main(JSON.parse(process.argv[2]!) as Conversion);
