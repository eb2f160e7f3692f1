import type { Command } from 'commander';
import type { SourceOptions } from '../sources/source_options';
import type { CliIo } from './cli_io';
import { downloadBar } from './download_bar';

/** Options of a command line that say how a checkpoint is fetched. */
export interface SourceFlags {
  readonly revision?: string;
  readonly token?: string;
  readonly cacheDir?: string;
  readonly offline?: boolean;
}

/** What a place may be, for the help of commands. */
export const PLACE = 'folder of the checkpoint, one weights file in it, a URL of either, or a hub id (owner/name)';

/** Adds the options to a command. */
export function addSourceFlags(command: Command): Command {
  return command
    .option('--revision <name>', 'branch, tag or commit of a hub repository (default: main)')
    .option('--token <token>', 'access token of the hub (default: HF_TOKEN, or what `hf auth login` wrote)')
    .option('--cache-dir <folder>', "folder of the hub's cache (default: HF_HUB_CACHE, or ~/.cache/huggingface/hub)")
    .option('--offline', 'make no request to the hub, take what the cache has');
}

/** What was given, the rest being decided by the environment; downloads are shown where somebody watches. */
export function sourceOptions({ revision, token, cacheDir, offline }: SourceFlags, io: CliIo): SourceOptions {
  return { revision, token, cacheDir, offline, signal: io.signal, onDownload: downloadBar(io) };
}
