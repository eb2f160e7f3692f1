import { z } from 'zod';
import type { Architecture } from '../config/architecture';
import { CheckpointError } from '../errors';
import { logger } from '../logger';
import type { FileSource } from '../sources/file_source';
import { readJson } from '../sources/read_json';
import type { LoraNumbers } from './lora_options';
import { isSaved } from './module_names';

/** Name of PEFT's file. */
export const ADAPTER_CONFIG_FILE = 'adapter_config.json';

/** PEFT's name of what a model is for, and the module that it saves whole for it; it has none for the others. */
const TASKS: Readonly<Partial<Record<Architecture, { readonly type: string; readonly saves?: string }>>> = {
  TFDebertaV2Model: { type: 'FEATURE_EXTRACTION' },
  TFDebertaV2ForSequenceClassification: { type: 'SEQ_CLS', saves: 'classifier' },
  TFDebertaV2ForTokenClassification: { type: 'TOKEN_CLS', saves: 'classifier' },
  TFDebertaV2ForQuestionAnswering: { type: 'QUESTION_ANS', saves: 'qa_outputs' },
};

/** What `adapter_config.json` says. */
export interface AdapterConfig extends LoraNumbers {
  /** Names by which targets end, or a pattern of Python for whole names. */
  readonly targetModules: string | readonly string[];
  /** Whether `targetModules` is all that decides which layers are targets. */
  readonly isByNameAlone: boolean;
  /** Names by which the modules end that are saved whole. */
  readonly modulesToSave: readonly string[];
  /** All fields as they are in the file, to be written again; empty for an adapter of our own. */
  readonly json: Readonly<Record<string, unknown>>;
}

const schema = z.looseObject({
  r: z.int().positive(),
  lora_alpha: z.number().positive(),
  lora_dropout: z.number().min(0).lt(1).default(0),
  use_rslora: z.boolean().default(false),
  target_modules: z.union([z.string(), z.array(z.string())]),
  modules_to_save: z.array(z.string()).nullish(),
});

/** Fields that change what an adapter computes, in ways that are not carried out here. */
const REFUSED = [
  'fan_in_fan_out',
  'use_dora',
  'use_qalora',
  'use_bdlora',
  'lora_bias',
  'rank_pattern',
  'alpha_pattern',
  'layer_replication',
  'trainable_token_indices',
  'target_parameters',
  'alora_invocation_tokens',
  'arrow_config',
  'kasa_config',
  'monteclora_config',
  'megatron_config',
] as const;

/** Ways to start that leave the base model as it is. */
const INITIALIZATIONS: readonly unknown[] = [true, false, 'gaussian', 'eva', 'orthogonal', undefined, null];

/** Fields that say which of the layers that `target_modules` names are none. */
const SELECTORS = ['exclude_modules', 'layers_to_transform'] as const;

/** Fields that matter to Python alone, or only while an adapter is made. */
const WITHOUT_EFFECT = [
  'auto_mapping',
  'base_model_name_or_path',
  'bias',
  'corda_config',
  'ensure_weight_tying',
  'eva_config',
  'inference_mode',
  'init_lora_weights',
  'layers_pattern',
  'loftq_config',
  'lora_ga_config',
  'megatron_core',
  'peft_type',
  'peft_version',
  'qalora_group_size',
  'revision',
  'runtime_config',
  'task_type',
  'velora_config',
] as const;

const KNOWN = new Set<string>([...Object.keys(schema.shape), ...REFUSED, ...SELECTORS, ...WITHOUT_EFFECT]);

/**
 * Reads PEFT's description of an adapter.
 *
 * @throws {CheckpointError} when it is missing, of another method or task, not as PEFT writes it, or asks for something
 *   that is not carried out here.
 */
export async function readAdapterConfig(source: FileSource, architecture: Architecture): Promise<AdapterConfig> {
  const path = source.pathOf(ADAPTER_CONFIG_FILE);
  if (!(await source.has(ADAPTER_CONFIG_FILE))) {
    throw new CheckpointError(
      `${source.location} must hold ${ADAPTER_CONFIG_FILE}, as PEFT and saveAdapter write it, and does not; name the folder of an adapter.`,
      { path, expected: ADAPTER_CONFIG_FILE, received: await source.list() },
    );
  }
  const read = await readJson(source, ADAPTER_CONFIG_FILE, CheckpointError);
  const json = (typeof read === 'object' && read !== null ? read : {}) as Record<string, unknown>;
  refuse(path, json, architecture);
  const result = schema.safeParse(json);
  if (!result.success) {
    const [{ path: keys, message }] = result.error.issues as [z.core.$ZodIssue];
    const [field = 'content'] = keys.map(String);
    throw new CheckpointError(
      `${path} must be as PEFT writes it and is not (${field}: ${message}); correct it or get the adapter again.`,
      { path: field, received: json[field] },
    );
  }
  const { r, lora_alpha, lora_dropout, use_rslora, target_modules, modules_to_save } = result.data;
  return {
    rank: r,
    alpha: lora_alpha,
    dropout: lora_dropout,
    useRslora: use_rslora,
    targetModules: target_modules,
    isByNameAlone: typeof target_modules !== 'string' && SELECTORS.every((field) => isUnset(json[field])),
    modulesToSave: modules_to_save ?? [],
    json,
  };
}

function refuse(path: string, json: Readonly<Record<string, unknown>>, architecture: Architecture): void {
  requireField(path, json, 'peft_type', ['LORA'], 'this package has LoRA alone, so choose another adapter');
  const ownTask = TASKS[architecture];
  const tasks = [null, undefined, ...(ownTask === undefined ? [] : [ownTask.type])];
  requireField(
    path,
    json,
    'task_type',
    tasks,
    `the model is ${architecture}, so load it into the class it was made for`,
  );
  requireField(path, json, 'bias', ['none', null, undefined], 'adapters that train biases are not supported');
  const merge = 'merge it with PEFT and convert the model';
  requireField(path, json, 'init_lora_weights', INITIALIZATIONS, `such a start changes the base model, so ${merge}`);
  const refused = REFUSED.find((field) => !isUnset(json[field]));
  if (refused !== undefined) {
    throw new CheckpointError(
      `Field ${refused} of ${path} must not be set, received ${JSON.stringify(json[refused])}, which is not supported; ${merge}.`,
      { path: refused, received: json[refused] },
    );
  }
  const unknown = Object.keys(json).filter((field) => !KNOWN.has(field) && !isUnset(json[field]));
  if (unknown.length > 0) {
    logger.warn(`${path} has fields that this package does not know and takes no notice of: ${unknown.join(', ')}.`);
  }
}

function requireField(
  path: string,
  json: Readonly<Record<string, unknown>>,
  field: string,
  allowed: readonly unknown[],
  advice: string,
): void {
  const received = json[field];
  if (allowed.includes(received)) return;
  const values = allowed.filter((value) => value !== undefined).map((value) => JSON.stringify(value));
  throw new CheckpointError(
    `Field ${field} of ${path} must be ${values.join(' or ')}, received ${JSON.stringify(received)}; ${advice}.`,
    { path: field, expected: allowed, received },
  );
}

function isUnset(value: unknown): boolean {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || isEmpty;
}

/**
 * `adapter_config.json` as PEFT writes it.
 *
 * @param baseModel name or path of the model that the adapter is for; as before, or null, by default.
 */
export function formatAdapterConfig(
  { rank, alpha, dropout, useRslora, targetModules, modulesToSave, json }: AdapterConfig,
  architecture: Architecture,
  baseModel?: string,
): string {
  const written = {
    auto_mapping: null,
    base_model_name_or_path: null,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    rank_pattern: {},
    alpha_pattern: {},
    revision: null,
    task_type: taskType(architecture, modulesToSave),
    ...json,
    ...(baseModel !== undefined && { base_model_name_or_path: baseModel }),
    inference_mode: true,
    peft_type: 'LORA',
    r: rank,
    lora_alpha: alpha,
    lora_dropout: dropout,
    use_rslora: useRslora,
    target_modules: targetModules,
    modules_to_save: modulesToSave.length === 0 ? null : modulesToSave,
  };
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** None where the task's own module is not saved: PEFT would look for it in the file. */
function taskType(architecture: Architecture, modulesToSave: readonly string[]): string | null {
  const task = TASKS[architecture];
  const isSavedWhole = ({ saves }: { readonly saves?: string }) =>
    saves === undefined || modulesToSave.some((name) => isSaved(saves, name));
  return task !== undefined && isSavedWhole(task) ? task.type : null;
}
