import { asOutput } from '../../files/as_output';
import { writeFolderAtomically } from '../../files/atomic_write';
import { nodeBuiltin } from '../../files/node_builtins';
import { PARTIAL, partialPrefix } from '../../files/partial_name';
import { settleLeftovers } from '../../files/settle_leftovers';
import { logger } from '../../logger';
import { checkpointName, checkpointStep } from './checkpoint_name';

/**
 * The checkpoints of one run: folders `checkpoint-<step>` in its output folder.
 *
 * A folder of that name is whole, since it is filled under another name; what a killed process left half-filled is
 * removed when the store is opened.
 */
export class CheckpointStore {
  readonly #outputDir: string;
  readonly #keepLast: number;

  private constructor(outputDir: string, keepLast: number) {
    this.#outputDir = outputDir;
    this.#keepLast = keepLast;
  }

  /**
   * Makes the output folder where there is none.
   *
   * @param keepLast how many of the newest checkpoints stay.
   * @throws {OutputError} when it cannot be made.
   */
  static async open(outputDir: string, keepLast: number): Promise<CheckpointStore> {
    const fs = nodeBuiltin('node:fs/promises');
    const path = nodeBuiltin('node:path');
    const folder = path.resolve(outputDir);
    await asOutput(outputDir, () => fs.mkdir(folder, { recursive: true }));
    const targets = new Set((await list(folder)).map((name) => name.split(PARTIAL)[0]!));
    for (const name of targets) if (checkpointStep(name) !== undefined) await settleLeftovers(path.join(folder, name));
    return new CheckpointStore(folder, keepLast);
  }

  /** Steps at which there are checkpoints, in order. */
  async steps(): Promise<number[]> {
    const found = (await list(this.#outputDir)).flatMap((name) => checkpointStep(name) ?? []);
    return found.sort((a, b) => a - b);
  }

  /** Path of the checkpoint of a step, whether there is one or not. */
  folderOf(step: number): string {
    return nodeBuiltin('node:path').join(this.#outputDir, checkpointName(step));
  }

  /**
   * Saves a checkpoint, and only then removes the oldest ones that are too many.
   *
   * @param fill writes the files into the folder it is given.
   * @param best step of a checkpoint that stays however old it is.
   * @throws {OutputError} when it cannot be written; the others are as they were.
   */
  async save(step: number, fill: (folder: string) => Promise<void>, best: number | undefined): Promise<void> {
    await writeFolderAtomically(this.folderOf(step), { overwrite: true }, fill);
    const old = (await this.steps()).filter((saved) => saved !== step && saved !== best);
    // The one just saved is the first to keep.
    for (const surplus of old.slice(0, Math.max(0, old.length - this.#keepLast + 1))) await this.#remove(surplus);
  }

  async #remove(step: number): Promise<void> {
    const fs = nodeBuiltin('node:fs/promises');
    const folder = this.folderOf(step);
    // Under another name first: a process killed meanwhile leaves no half of a checkpoint.
    const removed = `${partialPrefix(folder)}removed`;
    try {
      await fs.rename(folder, removed);
      await fs.rm(removed, { recursive: true, force: true });
    } catch (error) {
      logger.warn(`${folder} is no longer needed and could not be removed: ${(error as Error).message}.`);
    }
  }
}

function list(folder: string): Promise<string[]> {
  return asOutput(folder, () => nodeBuiltin('node:fs/promises').readdir(folder));
}
