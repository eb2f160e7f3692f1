import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { type WeightSpec, weightSpecs } from '../convert/weight_names';
import { writtenName } from '../convert/written_name';

/** A weight of a model by the names that adapters know it by. */
export interface NamedSpec {
  readonly spec: WeightSpec;
  /** PyTorch's name of the weight; without `deberta.` for the bare encoder. */
  readonly name: string;
  /** PyTorch's name of the module it is a weight of. */
  readonly module: string;
}

/** The weights of a model, by the names of their modules. */
export function namedSpecs(config: DebertaV2Config, architecture: Architecture): readonly NamedSpec[] {
  return weightSpecs(config, architecture).map((spec) => {
    const name = writtenName('safetensors', spec, { architecture, config });
    return { spec, name, module: name.slice(0, name.lastIndexOf('.')) };
  });
}

/** Whether a weight is the kernel of a dense layer, which can have an addition. */
export function isDenseKernel({ spec }: NamedSpec): boolean {
  return spec.tfName.endsWith('/kernel') && spec.transform === 'transpose';
}

/** The path of the layer whose kernel a weight is. */
export function layerPath({ spec }: NamedSpec): string {
  return spec.tfName.slice(0, spec.tfName.lastIndexOf('/'));
}

/** Whether PEFT takes a module for a target of this name. */
export function isTarget(module: string, target: string): boolean {
  return module === target || module.endsWith(`.${target}`);
}

/** A module and those around it, the innermost first. */
function modulesAround(module: string): string[] {
  const segments = module.split('.');
  return segments.map((_, index) => segments.slice(0, segments.length - index).join('.'));
}

/** Whether PEFT saves a module, or one around it, for this name; it compares ends, whatever stands before them. */
export function isSaved(module: string, name: string): boolean {
  return modulesAround(module).some((around) => around.endsWith(name));
}

/** The parts of the head, where it is one that starts fresh. */
export function headModules(specs: readonly NamedSpec[], architecture: Architecture): readonly string[] {
  if (architecture === 'TFDebertaV2ForMaskedLM') return [];
  const ofHead = specs.filter(({ spec }) => spec.part === 'head');
  return [...new Set(ofHead.map(({ module }) => module.split('.')[0]!))];
}
