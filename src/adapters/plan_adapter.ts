import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { TensorInfo } from '../convert/checkpoint_reader';
import { CheckpointError } from '../errors';
import type { AdapterConfig } from './adapter_config';
import type { AdapterModules } from './adapter_modules';
import { ADAPTER_PREFIX, adapterTensors } from './adapter_tensors';
import { isDenseKernel, isSaved, isTarget, namedSpecs } from './module_names';

/** The model that an adapter is to be put on. */
export interface AdapterBase {
  readonly config: DebertaV2Config;
  readonly architecture: Architecture;
}

const OTHER_MODEL = 'the adapter belongs to another model, so load the one it was made for';

/**
 * Finds which parts of a model the tensors of a file are for.
 *
 * The names in the file decide, and a pattern in `adapter_config.json` is not run: it comes from whoever made the file.
 *
 * @param path of the file, for messages.
 * @throws {CheckpointError} when a tensor has no place in the model, is missing, or has another shape.
 */
export function planAdapter(
  path: string,
  tensors: ReadonlyMap<string, TensorInfo>,
  adapter: AdapterConfig,
  base: AdapterBase,
): AdapterModules {
  const specs = namedSpecs(base.config, base.architecture);
  const kernels = specs.filter(isDenseKernel);
  const hasMatrix = (module: string) =>
    ['lora_A', 'lora_B'].some((matrix) => tensors.has(`${ADAPTER_PREFIX}${module}.${matrix}.weight`));
  const isNamed = (module: string) => asList(adapter.targetModules).some((name) => isTarget(module, name));
  const isKept = (module: string) => adapter.modulesToSave.some((name) => isSaved(module, name));
  const modules: AdapterModules = {
    targets: kernels.filter(
      ({ module }) => hasMatrix(module) || (adapter.isByNameAlone && isNamed(module) && !isKept(module)),
    ),
    saved: specs.filter(({ name, module }) => tensors.has(`${ADAPTER_PREFIX}${name}`) || isKept(module)),
  };
  const expected = new Map(adapterTensors(modules, adapter.rank).map((spec) => [spec.name, spec.pytorchShape]));
  const stray = [...tensors.keys()].find((name) => !expected.has(name));
  if (stray !== undefined) {
    throw new CheckpointError(
      `${path} holds ${stray}, for which ${base.architecture} of ${base.config.numHiddenLayers} layers has no place; ${OTHER_MODEL}.`,
      { path: stray, expected: [...expected.keys()], received: [...tensors.keys()] },
    );
  }
  for (const [name, shape] of expected) requireTensor(path, name, tensors.get(name)?.shape, shape);
  if (modules.targets.length === 0) {
    throw new CheckpointError(`${path} must hold matrices of LoRA and holds none; get the adapter again.`, { path });
  }
  return modules;
}

function requireTensor(
  path: string,
  name: string,
  received: readonly number[] | undefined,
  expected: readonly number[],
): void {
  if (received === undefined) {
    throw new CheckpointError(`${path} lacks ${name}, which the model needs of it; ${OTHER_MODEL}.`, {
      path: name,
      expected,
    });
  }
  if (received.length === expected.length && received.every((size, axis) => size === expected[axis])) return;
  throw new CheckpointError(
    `Tensor ${name} of ${path} must have shape [${expected}] by the model and the adapter's r, received [${received}]; ${OTHER_MODEL}.`,
    { path: name, expected, received },
  );
}

function asList(targets: string | readonly string[]): readonly string[] {
  return typeof targets === 'string' ? [] : targets;
}
