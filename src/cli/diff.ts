import type { Command } from 'commander';
import { diffCheckpoints, type TensorDifference } from '../convert/diff_checkpoints';
import { openCheckpoint } from '../convert/open_checkpoint';
import type { CliIo } from './cli_io';
import { EndWith } from './exit_code';
import { formatCount } from './format_count';
import { addSourceFlags, PLACE, type SourceFlags, sourceOptions } from './source_flags';
import { table } from './table';
import { writeText } from './write_text';

interface DiffFlags extends SourceFlags {
  readonly all?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Tensors are matched by what they are, whatever the two formats call them and however they lay them out. Differences are
those of the numbers as float32. Exit codes are those of diff: 0 when all tensors are equal, 1 when some are not, 2 when
something went wrong.

Examples:
  $ tfjs-deberta diff deberta-v3-small deberta-v3-small-tfjs
  $ tfjs-deberta diff before after --all
  $ tfjs-deberta diff before after --json | jq -r 'select(.largestDifference > 1e-3) | .name'`;

/** Adds `diff` to the program. */
export function addDiffCommand(program: Command, io: CliIo): void {
  const command = program
    .command('diff')
    .summary('compare two checkpoints')
    .description('Compare two checkpoints of any formats, tensor by tensor.')
    .argument('<first>', PLACE)
    .argument('<second>', 'the same')
    .option('--all', 'list equal tensors too')
    .option('--json', 'print a line of JSON for each tensor');
  addSourceFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (first: string, second: string, flags: DiffFlags) => {
      const isEqual = await diff(first, second, flags, io).catch((error: unknown) => {
        throw new EndWith(2, error);
      });
      if (!isEqual) throw new EndWith(1);
    });
}

async function diff(
  firstPlace: string,
  secondPlace: string,
  { all = false, json = false, ...flags }: DiffFlags,
  io: CliIo,
): Promise<boolean> {
  const options = sourceOptions(flags, io);
  const first = await openCheckpoint(firstPlace, options);
  try {
    const second = await openCheckpoint(secondPlace, options);
    try {
      const rows: TensorDifference[] = [];
      for await (const row of diffCheckpoints(first.reader, second.reader)) {
        io.signal.throwIfAborted();
        rows.push(row);
        if (json && (all || row.status !== 'equal')) await writeText(io.stdout, `${JSON.stringify(row)}\n`);
      }
      if (!json) await writeText(io.stdout, describe(rows, all));
      return rows.every(({ status }) => status === 'equal');
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
}

function describe(rows: readonly TensorDifference[], all: boolean): string {
  const shown = rows.filter(({ status }) => all || status !== 'equal');
  const cells = shown.map(({ name, status, shapes, dtypes, largestDifference }) => [
    name,
    status,
    both(shapes.map((shape) => shape && `[${shape}]`)),
    both(dtypes),
    largestDifference === undefined ? '' : largestDifference.toPrecision(3),
  ]);
  const equal = rows.filter(({ status }) => status === 'equal').length;
  const list = shown.length === 0 ? '' : table(cells, ['NAME', 'STATUS', 'SHAPE', 'TYPE', 'LARGEST DIFFERENCE']);
  return `${list}${formatCount(equal)} of ${formatCount(rows.length)} tensors are equal.\n`;
}

/** Two values in a cell: one where they are alike, or where one side has none. */
function both(values: readonly (string | undefined)[]): string {
  return [...new Set(values.filter((value) => value !== undefined))].join(' / ');
}
