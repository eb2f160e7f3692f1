/**
 * Converts a checkpoint: `npm run convert -- <checkpoint> <output>`, the same as `tfjs-deberta convert`.
 */
import { runInProcess } from '../src/cli/run_in_process';

void runInProcess(['convert', ...process.argv.slice(2)]);
