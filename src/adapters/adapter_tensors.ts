import type { WeightSpec } from '../convert/weight_names';
import type { AdapterModules } from './adapter_modules';
import { layerPath, type NamedSpec } from './module_names';

/** What stands before the names of the base model's modules in PEFT's files. */
export const ADAPTER_PREFIX = 'base_model.model.';

/** The weights of an adapter, by PEFT's names and by their paths in the model: A and B of each target, then the rest. */
export function adapterTensors({ targets, saved }: AdapterModules, rank: number): readonly WeightSpec[] {
  return [
    ...targets.flatMap((target) => loraTensors(target, rank)),
    ...saved.map(({ spec, name }) => ({ ...spec, name: `${ADAPTER_PREFIX}${name}` })),
  ];
}

function loraTensors(target: NamedSpec, rank: number): readonly WeightSpec[] {
  const [inputSize = 0, units = 0] = target.spec.shape;
  const tensor = (matrix: 'lora_A' | 'lora_B', rows: number, columns: number): WeightSpec => ({
    name: `${ADAPTER_PREFIX}${target.module}.${matrix}.weight`,
    tfName: `${layerPath(target)}/${matrix}`,
    shape: [rows, columns],
    pytorchShape: [columns, rows],
    transform: 'transpose',
    part: target.spec.part,
  });
  return [tensor('lora_A', inputSize, rank), tensor('lora_B', rank, units)];
}
