import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { UsageError } from '../errors';
import type { AdapterConfig } from './adapter_config';
import { DEFAULT_TARGETS, type LoraOptions } from './lora_options';
import { headModules, isDenseKernel, isSaved, isTarget, type NamedSpec, namedSpecs } from './module_names';

/** Which parts of a model an adapter is of. */
export interface AdapterModules {
  /** Kernels that get an addition. */
  readonly targets: readonly NamedSpec[];
  /** Weights that are trained and saved whole. */
  readonly saved: readonly NamedSpec[];
}

/** Parts that options name, and what `adapter_config.json` is to say of them. */
export interface FoundModules extends AdapterModules, Pick<AdapterConfig, 'targetModules' | 'modulesToSave'> {}

/**
 * Finds the parts of a model that options name, as PEFT does.
 *
 * @throws {UsageError} for a name that no part has, or where no target is left.
 */
export function findModules(
  config: DebertaV2Config,
  architecture: Architecture,
  { targets = DEFAULT_TARGETS, modulesToSave }: Pick<LoraOptions, 'targets' | 'modulesToSave'>,
): FoundModules {
  const specs = namedSpecs(config, architecture);
  const savedNames = modulesToSave ?? headModules(specs, architecture);
  for (const name of savedNames) requireName('modulesToSave', name, specs, isSaved);
  const kernels = specs.filter(isDenseKernel);
  if (!(targets instanceof RegExp)) for (const name of targets) requireName('targets', name, kernels, isTarget);
  const matches = ({ module }: NamedSpec) =>
    targets instanceof RegExp ? isWhole(targets, module) : targets.some((target) => isTarget(module, target));
  const isSpared = ({ module }: NamedSpec) => savedNames.some((name) => isSaved(module, name));
  const found = kernels.filter((kernel) => matches(kernel) && !isSpared(kernel));
  if (found.length === 0) {
    throw new UsageError(
      `Option targets of an adapter must match a dense layer that modulesToSave does not name, received ${shown(targets)}; name some of ${lastNames(kernels).join(', ')}.`,
      { path: 'targets', expected: kernels.map(({ module }) => module), received: targets },
    );
  }
  return {
    targets: found,
    saved: specs.filter(isSpared),
    // A pattern of JavaScript may be none of Python.
    targetModules: targets instanceof RegExp ? found.map(({ module }) => module) : targets,
    modulesToSave: savedNames,
  };
}

function requireName(
  option: string,
  name: string,
  specs: readonly NamedSpec[],
  fits: (module: string, name: string) => boolean,
): void {
  if (name !== '' && specs.some(({ module }) => fits(module, name))) return;
  const known = lastNames(specs);
  throw new UsageError(
    `Option ${option} of an adapter must name parts of the model, received ${JSON.stringify(name)}; name some of ${known.join(', ')}, with as much before them as is needed.`,
    { path: option, expected: known, received: name },
  );
}

/** Whether a pattern matches the whole of a name; its own flags and place are left alone. */
function isWhole(pattern: RegExp, module: string): boolean {
  const flags = pattern.flags.replace(/[gy]/g, '');
  return new RegExp(`^(?:${pattern.source})$`, flags).test(module);
}

function lastNames(specs: readonly NamedSpec[]): string[] {
  return [...new Set(specs.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))];
}

function shown(targets: readonly string[] | RegExp): string {
  return targets instanceof RegExp ? String(targets) : JSON.stringify(targets);
}
