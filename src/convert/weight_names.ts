import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { elementCount } from './numbers/element_count';
import { WEIGHT_ROWS, type WeightPart, type WeightRow, type WeightTransform } from './weight_rows';

export type { WeightPart, WeightTransform } from './weight_rows';

/** One weight of a model: its names and shapes in both frameworks. */
export interface WeightSpec {
  /** Canonical (PyTorch) name; encoder weights always carry the `deberta.` prefix. */
  readonly name: string;
  /** Name in TensorFlow files, without model name and `:0`. */
  readonly tfName: string;
  /** Shape in TensorFlow's layout, the one models hold. */
  readonly shape: readonly number[];
  readonly pytorchShape: readonly number[];
  readonly transform: WeightTransform;
  readonly part: WeightPart;
}

/**
 * The weights of a model, in the order in which TensorFlow creates them.
 *
 * @example
 * weightSpecs(config, 'TFDebertaV2Model')[0];
 * // { name: 'deberta.embeddings.word_embeddings.weight', tfName: 'deberta/embeddings/word_embeddings/weight', … }
 */
export function weightSpecs(config: DebertaV2Config, architecture: Architecture): readonly WeightSpec[] {
  const specs: WeightSpec[] = [];
  const rows = WEIGHT_ROWS.filter((row) => row.when(config, architecture));
  const isInLayer = (row: WeightRow) => row.name.includes('{i}');
  const layerRows = rows.filter(isInLayer);
  for (const row of rows) {
    if (!isInLayer(row)) specs.push(toSpec(row, config, ''));
    else if (row === layerRows[0]) {
      for (let layer = 0; layer < config.numHiddenLayers; layer++) {
        for (const layerRow of layerRows) specs.push(toSpec(layerRow, config, String(layer)));
      }
    }
  }
  return specs;
}

/** Number of parameters that `specs` describe. */
export function countParameters(specs: readonly WeightSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/**
 * The canonical name of a weight, whichever way a file spells it.
 *
 * Understood are TensorFlow names with or without the model's name, numbering suffixes and `:0`; missing or extra
 * `deberta.`, `bert.`, `module.` and `model.` prefixes; `gamma`/`beta`, `kernel`/`embeddings`, `pos_proj`/`pos_q_proj`;
 * and `cls.predictions.decoder.bias`, which is tied to `cls.predictions.bias`.
 *
 * @returns `name` itself when it is none of ours.
 *
 * @example
 * canonicalName('tf_deberta_v2_model_1/deberta/encoder/layer_._3/attention/self/pos_proj/kernel:0');
 * // 'deberta.encoder.layer.3.attention.self.pos_key_proj.weight'
 */
export function canonicalName(name: string): string {
  for (const candidate of candidates(name)) {
    const spelled = ALIASES.reduce(
      (spelling, [pattern, replacement]) => spelling.replace(pattern, replacement),
      candidate,
    );
    if (TRANSFORMS.has(withoutLayer(spelled))) return spelled;
  }
  return name;
}

/** How a weight of this canonical name goes from one layout to the other; other tensors stay as they are. */
export function transformOf(name: string): WeightTransform {
  return TRANSFORMS.get(withoutLayer(name)) ?? 'none';
}

const TRANSFORMS = new Map(WEIGHT_ROWS.map((row) => [row.name, row.transform]));

const withoutLayer = (name: string) => name.replace(/\.layer\.\d+\./, '.layer.{i}.');

const ALIASES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\.(kernel|embeddings|gamma)$/, '.weight'],
  [/\.beta$/, '.bias'],
  [/\.self\.pos_proj\./, '.self.pos_key_proj.'],
  [/\.self\.pos_q_proj\./, '.self.pos_query_proj.'],
  [/^cls\.predictions\.decoder\.bias$/, 'cls.predictions.bias'],
  [/^(?=(?:embeddings|encoder)\.)/, 'deberta.'],
];

/** `…/layer_._0/…/kernel:0` → `….layer.0.….kernel`; Keras numbers layers of the same name (`deberta_1`). */
function toDotted(name: string): string {
  return name
    .replace(/:\d+$/, '')
    .replaceAll('_._', '/')
    .split('/')
    .map((segment) =>
      segment.replace(/^(deberta|cls|pooler|classifier|qa_outputs|lm_predictions|mask_predictions)_\d+$/, '$1'),
    )
    .join('.');
}

/** The name in dotted form as it is, then with less and less before it. */
function* candidates(name: string): Generator<string> {
  if (!name.includes('/')) {
    yield* withoutWrappers(name);
    return;
  }
  const dotted = toDotted(name);
  yield* withoutWrappers(dotted);
  // A model may have been named anything; `mask_predictions` has a classifier that is not the model's.
  yield* withoutWrappers(dotted.replace(/^(?!mask_predictions\.)[^.]+\./, ''));
}

/** More wrappers than any program has; a hostile file may name thousands. */
const MOST_WRAPPERS = 8;

function* withoutWrappers(name: string): Generator<string> {
  let rest = name;
  for (let wrappers = 0; wrappers <= MOST_WRAPPERS; wrappers++) {
    yield rest;
    const shorter = rest.replace(/^(?:module|model|deberta|bert)\./, '');
    if (shorter === rest) return;
    rest = shorter;
  }
}

function toSpec(row: WeightRow, config: DebertaV2Config, layer: string): WeightSpec {
  const shape = row.shape(config);
  return {
    name: row.name.replace('{i}', layer),
    tfName: row.tfName.replace('{i}', layer),
    shape,
    pytorchShape: row.transform === 'none' ? shape : [...shape].reverse(),
    transform: row.transform,
    part: row.part,
  };
}
