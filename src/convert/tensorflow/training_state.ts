/** Names of what an optimizer keeps for each variable, behind the variable's own name. */
const SLOTS = 'Adam(_\\d+)?|Momentum|Adagrad|RMSProp(_\\d+)?|Ftrl(_\\d+)?|adam_[mv]|m|v|vhat|momentum|accumulator';

/** Keys of what only training needs: an optimizer's numbers for each variable, its steps, metrics. */
const TRAINING_STATE: readonly RegExp[] = [
  /\/\.OPTIMIZER_SLOT\//,
  /(^|\/)keras_api\//,
  /^save_counter$/,
  /^(.*\/)?(global_step|beta[12]_power)$/,
  new RegExp(`/(${SLOTS})$`),
];

/** Variables that every optimizer of Keras has: it counts its steps. */
const STEP_COUNTER = /^(.*\/)?(iter|_?iterations)$/;

/** Tells keys of a checkpoint that only training needs from those of weights. */
export function trainingStateIn(keys: Iterable<string>): (key: string) => boolean {
  const optimizers = new Set<string>();
  for (const key of keys) if (STEP_COUNTER.test(key)) optimizers.add(key.replace(/\/?[^/]*$/, ''));
  return (key) =>
    STEP_COUNTER.test(key) ||
    TRAINING_STATE.some((pattern) => pattern.test(key)) ||
    ancestors(key).some((ancestor) => optimizers.has(ancestor));
}

/** `a/b/c` → `a`, `a/b`. */
function ancestors(key: string): string[] {
  return [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index));
}
