import * as tf from '@tensorflow/tfjs';
import { DebertaV2Block } from './block';
import { ContextPooler } from './context_pooler';
import { ConvLayer } from './conv_layer';
import { Dense } from './dense';
import { DisentangledSelfAttention } from './disentangled_self_attention';
import { Dropout } from './dropout';
import { Embedding } from './embedding';
import { DebertaV2Embeddings } from './embeddings';
import { DebertaV2Encoder } from './encoder';
import { FlattenChoices } from './flatten_choices';
import { DebertaV2Intermediate } from './intermediate';
import { LayerNormalization } from './layer_normalization';
import { Lora } from './lora';
import { DebertaV2MainLayer } from './main_layer';
import { MaskPredictionHead } from './mask_prediction_head';
import { RelativeEmbeddings } from './relative_embeddings';
import { ResidualOutput } from './residual_output';
import { SpanScores } from './span_scores';
import { UnflattenChoices } from './unflatten_choices';

/** Under which name tfjs keeps the classes of this package apart from others. */
export const REGISTRY_PACKAGE = 'tfjs-deberta-v2';

// Importing this file makes models composed of these layers loadable by tf.loadLayersModel.
for (const layer of [
  ContextPooler,
  ConvLayer,
  DebertaV2Block,
  DebertaV2Embeddings,
  DebertaV2Encoder,
  DebertaV2Intermediate,
  DebertaV2MainLayer,
  Dense,
  DisentangledSelfAttention,
  Dropout,
  Embedding,
  FlattenChoices,
  LayerNormalization,
  Lora,
  MaskPredictionHead,
  RelativeEmbeddings,
  ResidualOutput,
  SpanScores,
  UnflattenChoices,
]) {
  tf.serialization.registerClass(layer, REGISTRY_PACKAGE);
}
