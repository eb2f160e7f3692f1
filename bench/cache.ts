import { join } from 'node:path';

/** Folder of what the benchmarks make for themselves; git ignores it. */
export const CACHE = join(__dirname, '.cache');
