/** What is to be done, in one listener for all: Node warns of a leak where there are more than ten. */
const tasks = new Set<() => void>();

function runTasks(): void {
  for (const task of tasks) task();
}

/**
 * Does something when the process ends of itself or by `process.exit`.
 *
 * @returns calls it off.
 */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) process.on('exit', runTasks);
  tasks.add(task);
  return () => {
    tasks.delete(task);
    if (tasks.size === 0) process.off('exit', runTasks);
  };
}
