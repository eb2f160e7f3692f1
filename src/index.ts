import './models/register';

export * as tf from '@tensorflow/tfjs';
export type { LoraInfo } from './adapters/lora_adapter';
export type { LoraOptions } from './adapters/lora_options';
export type { SaveAdapterOptions } from './adapters/write_adapter';
export { type TrimmedVocabulary, trimVocabulary, type VocabularyReport } from './compression/trim_vocabulary';
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
export type { Batch, BatchArray } from './data/batch';
export type { BatchStream } from './data/batch_stream';
export { type BatchTensors, batchToTensors } from './data/batch_tensors';
export type { Collator, Feature } from './data/collator';
export { choiceCollator } from './data/collators/choice_collator';
export { labelledCount } from './data/collators/labelled_count';
export { type MaskedLMCollatorOptions, maskedLMCollator } from './data/collators/masked_lm_collator';
export { paddingCollator } from './data/collators/padding_collator';
export type { PaddingOptions } from './data/collators/padding_options';
export { questionCollator } from './data/collators/question_collator';
export { type ReplacedTokenCollatorOptions, replacedTokenCollator } from './data/collators/replaced_token_collator';
export { tokenCollator } from './data/collators/token_collator';
export { deriveSeed } from './data/derive_seed';
export { type ChoiceColumns, type ChoiceExample, toChoiceExample } from './data/examples/choice_example';
export { collectLabelNames } from './data/examples/collect_label_names';
export { type Label, labelIndex } from './data/examples/labels';
export { type PlainText, type PlainTextColumns, toPlainText } from './data/examples/plain_text';
export { type QuestionColumns, type QuestionExample, toQuestionExample } from './data/examples/question_example';
export { type TextColumns, type TextExample, toTextExample } from './data/examples/text_example';
export { type TokensColumns, type TokensExample, toTokensExample } from './data/examples/tokens_example';
export { type BatchOptions, featureBatches } from './data/feature_batches';
export {
  type ChoiceFeature,
  ChoiceFeatureBuilder,
  type ChoiceFeatureOptions,
} from './data/features/choice_feature_builder';
export type { EncodedText } from './data/features/encoded_text';
export {
  type AnswerableFeature,
  type AnswerCandidate,
  type ExtractAnswersOptions,
  type ExtractedAnswer,
  extractAnswers,
} from './data/features/extract_answers';
export { FeatureBuilder, type FeatureBuilderOptions } from './data/features/feature_builder';
export { MaskedLMFeatureBuilder, type MaskedLMFeatureOptions } from './data/features/masked_lm_feature_builder';
export {
  type QuestionFeature,
  QuestionFeatureBuilder,
  type QuestionFeatureOptions,
} from './data/features/question_feature_builder';
export {
  type ClassifiedText,
  type TextFeature,
  TextFeatureBuilder,
  type TextFeatureOptions,
} from './data/features/text_feature_builder';
export { type TokenBlockOptions, tokenBlocks } from './data/features/token_blocks';
export {
  type TokenFeature,
  TokenFeatureBuilder,
  type TokenFeatureOptions,
  type TokenReport,
} from './data/features/token_feature_builder';
export { type LengthBucketedBatchesOptions, lengthBucketedBatches } from './data/length_bucketed_batches';
export type { LengthBucketOptions } from './data/length_buckets';
export { prefetch } from './data/prefetch';
export { prepareTFDataset } from './data/prepare_tf_dataset';
export type { ConllOptions } from './data/readers/conll';
export type { DataSource, OpenedData } from './data/readers/data_source';
export type { DelimitedOptions } from './data/readers/delimited';
export { type BadRowPolicy, ExampleStream, type ReadReport } from './data/readers/example_stream';
export { DATA_FORMATS, type DataFormat, type ReadOptions, readExamples } from './data/readers/read_examples';
export type { BadRow, Row } from './data/readers/row';
export type { TextDocumentOptions } from './data/readers/text_documents';
export { highest, softmax } from './data/scores';
export { type ShuffleBufferOptions, shuffleBuffer } from './data/shuffle_buffer';
export { shuffled } from './data/shuffled';
export { type Split, type SplitOptions, splitExamples } from './data/split_examples';
export { type SplitStream, splitStream } from './data/split_stream';
export { type StreamedBatchOptions, streamedBatches } from './data/streamed_batches';
export { type TokenizeStreamOptions, tokenizeStream } from './data/tokenize_stream';
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
export type { ProgressStream } from './files/terminal_bar';
export { type GraphFunction, graphFunction } from './graph/graph_function';
export type { InferenceInfo } from './inference/predictor';
export type { KernelInfo } from './inference/simd_executor';
export type { KernelBuild } from './kernels/kernel_build';
export type { Precision } from './kernels/kernel_plan';
export { DebertaV2Block, type DebertaV2BlockOptions } from './layers/block';
export { ContextPooler, type ContextPoolerOptions } from './layers/context_pooler';
export { ConvLayer, type ConvLayerOptions } from './layers/conv_layer';
export { DebertaLayer, type LayerArgs } from './layers/deberta_layer';
export { DisentangledSelfAttention, type DisentangledSelfAttentionOptions } from './layers/disentangled_self_attention';
export { DebertaV2Embeddings, type DebertaV2EmbeddingsOptions } from './layers/embeddings';
export type { EmbeddingsHook } from './layers/embeddings_hook';
export { DebertaV2Encoder, type DebertaV2EncoderOptions } from './layers/encoder';
export { DebertaV2Intermediate, type DebertaV2IntermediateOptions } from './layers/intermediate';
export { Lora, type LoraLayerOptions } from './layers/lora';
export { DebertaV2MainLayer, type DebertaV2MainLayerOptions } from './layers/main_layer';
export { MaskedLMHead, type MaskedLMHeadOptions } from './layers/masked_lm_head';
export { RelativeEmbeddings, type RelativeEmbeddingsOptions } from './layers/relative_embeddings';
export { ResidualOutput, type ResidualOutputOptions } from './layers/residual_output';
export { logger } from './logger';
export { accuracy } from './metrics/accuracy';
export type { AnswerScores } from './metrics/answer_scores';
export { type ClassificationScoreOptions, classificationScores } from './metrics/classification_scores';
export { type EntityScoreOptions, type EntityScoreReport, entityScores } from './metrics/entity_scores';
export {
  type AnswerMetrics,
  evaluateAnswers,
  evaluateChoices,
  evaluateMaskedLM,
  evaluateMultiLabel,
  evaluateRegression,
  evaluateSingleLabel,
  evaluateTokens,
} from './metrics/evaluate_task';
export { type Entity, getEntities } from './metrics/get_entities';
export { matthewsCorrelation } from './metrics/matthews_correlation';
export { multiLabelScores } from './metrics/multi_label_scores';
export { pearsonCorrelation } from './metrics/pearson_correlation';
export { perplexity } from './metrics/perplexity';
export type { ClassScores, ScoreOptions, ScoreReport, ZeroDivision } from './metrics/score_report';
export { spearmanCorrelation } from './metrics/spearman_correlation';
export { squadScores } from './metrics/squad_scores';
export { type SquadV2Options, type SquadV2Part, type SquadV2Scores, squadV2Scores } from './metrics/squad_v2_scores';
export { squaredError } from './metrics/squared_error';
export { type PrefixRules, TAG_SCHEMES, type TagRules, type TagScheme, type TypeRule } from './metrics/tag_schemes';
export { isLowerBetter, type MetricTask, TASK_METRICS, type TaskMetrics } from './metrics/task_metrics';
export { AdaptableModel } from './models/adaptable_model';
export { TFDebertaV2Model } from './models/deberta_v2_model';
export { estimateMemory, type MemoryEstimate } from './models/estimate_memory';
export { explainOutOfMemory } from './models/explain_out_of_memory';
export type { ExportSavedModelOptions } from './models/export_saved_model';
export { fileSystem } from './models/file_system';
export { type FreezeOptions, freeze } from './models/freeze';
export type { LabelInputs } from './models/label_inputs';
export { type LayerChoice, type LayerStrategy, layersToKeep } from './models/layers_to_keep';
export type { LossOptions, TaskLoss } from './models/loss_options';
export type { BatchSource } from './models/map_batches';
export { type MaskedLMForwardOptions, TFDebertaV2ForMaskedLM } from './models/masked_lm';
export { type MemoryAdvice, memoryAdvice } from './models/memory_advice';
export type { MemoryOptions } from './models/memory_options';
export type { ModelInputs, PredictInputs } from './models/model_inputs';
export type {
  CompileArgs,
  FitArgs,
  ForwardOptions,
  FromPretrainedOptions,
  MaskPositions,
  ModelOptions,
  SavePretrainedOptions,
} from './models/model_options';
export type { BaseModelOutput, EncoderOutputs, HeadOutput, QuestionAnsweringOutput } from './models/model_outputs';
export { TFDebertaV2ForMultipleChoice } from './models/multiple_choice';
export { type ModelClass, TFDebertaV2PreTrainedModel } from './models/pretrained_model';
export { TFDebertaV2ForQuestionAnswering } from './models/question_answering';
export { TFDebertaV2ForReplacedTokenDetection } from './models/replaced_token_detection';
export { TFDebertaV2ForSequenceClassification } from './models/sequence_classification';
export type { SiftOptions } from './models/sift_options';
export { TFDebertaV2ForTokenClassification } from './models/token_classification';
export type { TrainStepResult } from './models/train_step_result';
export { TrainableModel } from './models/trainable_model';
export type { ClassWeights } from './ops/class_weights';
export { IGNORED_LABEL } from './ops/ignored_label';
export { RandomStream } from './ops/random_stream';
export {
  AdamWeightDecay,
  type AdamWeightDecayOptions,
  type LastStep,
  type NamedTensor,
  type NamedWeight,
} from './optimizers/adam_weight_decay';
export { type CreateOptimizerOptions, createOptimizer } from './optimizers/create_optimizer';
export type { OptimizerStep } from './optimizers/optimizer_step';
export {
  constantSchedule,
  cosineSchedule,
  linearSchedule,
  polynomialSchedule,
  type Schedule,
  type ScheduleOptions,
} from './optimizers/schedules';
export { type WeightRule, type WeightRuleOptions, weightRule } from './optimizers/weight_rule';
export {
  type DetectedToken,
  type DetectOptions,
  detectReplacedTokens,
} from './pipelines/detect_replaced_tokens';
export { EMBEDDING_SHARINGS, type EmbeddingSharing } from './pretraining/embedding_sharing';
export {
  type DetectionScores,
  evaluateReplacedTokenDetection,
} from './pretraining/evaluate_replaced_token_detection';
export { generatorConfig } from './pretraining/generator_config';
export { type PretrainOptions, pretrain } from './pretraining/pretrain';
export {
  type DiscriminatorStep,
  type GeneratorStep,
  type ReplacedTokenDetectionOptions,
  ReplacedTokenDetectionPretraining,
} from './pretraining/replaced_token_detection_pretraining';
export { SharedTables } from './pretraining/shared_tables';
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
export type { Corpus, TrimmedTokenizer, TrimOptions, TrimReport } from './tokenization/trim_tokenizer';
export { evaluateMaskedLanguageModel } from './training/evaluation/evaluate_masked_language_model';
export { evaluateMultipleChoice } from './training/evaluation/evaluate_multiple_choice';
export {
  type EvaluateQuestionsOptions,
  evaluateQuestionAnswering,
} from './training/evaluation/evaluate_question_answering';
export { evaluateTextClassification } from './training/evaluation/evaluate_text_classification';
export {
  type EvaluateTokensOptions,
  evaluateTokenClassification,
} from './training/evaluation/evaluate_token_classification';
export { predictFeatures } from './training/evaluation/predict_features';
export type { PredictFeaturesOptions } from './training/evaluation/predicted_batches';
export { KerasMetricCallback, type MetricBatch } from './training/keras_metric_callback';
export type { ByteSink } from './training/logs/byte_sink';
export { jsonLinesLog } from './training/logs/json_lines_log';
export { plotTraining, type TextPlotOptions } from './training/logs/plot_training';
export { type ProgressLogOptions, progressLog } from './training/logs/progress_log';
export { readTrainingLog } from './training/logs/read_training_log';
export type { RunSettings } from './training/logs/settings_table';
export { type TensorboardLogOptions, tensorboardLog } from './training/logs/tensorboard_log';
export { type SvgPlotOptions, trainingCurveSvg } from './training/logs/training_curve_svg';
export type { PlotOptions } from './training/logs/training_curves';
export { memoryUsage } from './training/memory_usage';
export type { TrainResult } from './training/run_training';
export { train } from './training/train';
export type { EarlyStoppingOptions, EvaluationOptions, RunOptions, TrainOptions } from './training/train_options';
export type { LogRecord, TrainingLog } from './training/training_log';
export type { StoppedBy } from './training/training_run';
