import './models/register';

export * as tf from '@tensorflow/tfjs';
export { ARCHITECTURES, type Architecture } from './config/architecture';
export {
  ACTIVATION_NAMES,
  type ActivationName,
  type DebertaV2ConfigInput,
  type PositionTerm,
  type ProblemType,
} from './config/config_schema';
export { DebertaV2Config, type DebertaV2ConfigJson } from './config/deberta_v2_config';
export { CHECKPOINT_FORMATS, type CheckpointFormat } from './convert/checkpoint_format';
export { type CheckpointReader, SOURCE_FORMATS, type SourceFormat, type TensorInfo } from './convert/checkpoint_reader';
export {
  type ConversionOptions,
  type ConversionReport,
  convertCheckpoint,
} from './convert/convert_checkpoint';
export { diffCheckpoints, type TensorDifference } from './convert/diff_checkpoints';
export type { NumberType } from './convert/numbers/decode_numbers';
export { type Checkpoint, type OpenOptions, openCheckpoint } from './convert/open_checkpoint';
export {
  type ConversionChoice,
  type ConversionPlan,
  type ConversionRow,
  planConversion,
} from './convert/plan_conversion';
export type { StorageType } from './convert/storage_type';
export type { WeightPart, WeightSpec, WeightTransform } from './convert/weight_names';
export type { LoadingInfo, PlannedWeight } from './convert/weight_plan';
export type { WeightProgress } from './convert/weight_progress';
export {
  BackendError,
  CheckpointError,
  ConfigError,
  DebertaError,
  type DebertaErrorCode,
  type DebertaErrorDetails,
  InputError,
  OutputError,
  TokenizerError,
  UsageError,
} from './errors';
export type { InferenceInfo } from './inference/predictor';
export { DebertaV2Block, type DebertaV2BlockOptions } from './layers/block';
export { ContextPooler, type ContextPoolerOptions } from './layers/context_pooler';
export { ConvLayer, type ConvLayerOptions } from './layers/conv_layer';
export { DebertaLayer, type LayerArgs } from './layers/deberta_layer';
export { DisentangledSelfAttention, type DisentangledSelfAttentionOptions } from './layers/disentangled_self_attention';
export { DebertaV2Embeddings, type DebertaV2EmbeddingsOptions } from './layers/embeddings';
export { DebertaV2Encoder, type DebertaV2EncoderOptions } from './layers/encoder';
export { DebertaV2Intermediate, type DebertaV2IntermediateOptions } from './layers/intermediate';
export { DebertaV2MainLayer, type DebertaV2MainLayerOptions } from './layers/main_layer';
export { MaskedLMHead, type MaskedLMHeadOptions } from './layers/masked_lm_head';
export { RelativeEmbeddings, type RelativeEmbeddingsOptions } from './layers/relative_embeddings';
export { ResidualOutput, type ResidualOutputOptions } from './layers/residual_output';
export { logger } from './logger';
export { TFDebertaV2Model } from './models/deberta_v2_model';
export type { ExportSavedModelOptions } from './models/export_saved_model';
export { fileSystem } from './models/file_system';
export type { LabelInputs } from './models/label_inputs';
export { TFDebertaV2ForMaskedLM } from './models/masked_lm';
export type { ModelInputs, PredictInputs } from './models/model_inputs';
export type {
  CompileArgs,
  FitArgs,
  ForwardOptions,
  FromPretrainedOptions,
  ModelOptions,
  SavePretrainedOptions,
} from './models/model_options';
export type { BaseModelOutput, EncoderOutputs, HeadOutput, QuestionAnsweringOutput } from './models/model_outputs';
export { TFDebertaV2ForMultipleChoice } from './models/multiple_choice';
export { type ModelClass, TFDebertaV2PreTrainedModel } from './models/pretrained_model';
export { TFDebertaV2ForQuestionAnswering } from './models/question_answering';
export { TFDebertaV2ForSequenceClassification } from './models/sequence_classification';
export { TFDebertaV2ForTokenClassification } from './models/token_classification';
export { BACKEND_NAMES, type BackendName } from './runtime/backend_name';
export { type DoctorReport, diagnose } from './runtime/doctor';
export {
  type LinkNativeOptions,
  linkNativeTensorflow,
  type NativeReport,
} from './runtime/native/link_native_tensorflow';
export type { TensorflowReport } from './runtime/tensorflow_report';
export { type UseBackendOptions, useBackend } from './runtime/use_backend';
export type { FileSource } from './sources/file_source';
export type { RandomAccessFile } from './sources/random_access_file';
export type { DownloadProgress, SourceOptions } from './sources/source_options';
export { type AddedToken, addedToken } from './tokenization/added_token';
export { type DebertaV2SlowTokenizerOptions, DebertaV2Tokenizer } from './tokenization/deberta_v2_tokenizer';
export {
  DebertaV2TokenizerFast,
  type DebertaV2TokenizerFastOptions,
} from './tokenization/deberta_v2_tokenizer_fast';
export type { CallOptions, PadOptions } from './tokenization/encoding/call_options';
export type { BatchEncoding, Encoding, Offsets, TensorEncoding } from './tokenization/encoding/encoding';
export type { CallResult, PositionMaps, Span } from './tokenization/encoding/position_maps';
export type { EncodeBatchOptions, StreamedText } from './tokenization/encoding/text_batches';
export type { TokenizerAlgorithm } from './tokenization/fast_tokenizer_parts';
export type { EngineName } from './tokenization/load_engine';
export type { TokenizerJson } from './tokenization/pipeline/tokenizer_json_from_model';
export { type DecodeOptions, PreTrainedTokenizer } from './tokenization/pretrained_tokenizer';
export { SentencePieceModel } from './tokenization/sentencepiece/sentencepiece_model';
export type { TokenizerEngine } from './tokenization/tokenizer_engine';
export type { DebertaV2TokenizerOptions } from './tokenization/tokenizer_options';
