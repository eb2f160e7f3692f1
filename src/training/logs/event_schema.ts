import { TENSOR_SHAPE } from '../../protobuf/tensorflow_types';

/**
 * `HistogramProto`: `bucket[i]` values lie below `bucket_limit[i]` and not below the limit before.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/2.21.0/tensorboard/compat/proto/histogram.proto
 */
export const HISTOGRAM = {
  min: { id: 1, type: 'double' },
  max: { id: 2, type: 'double' },
  num: { id: 3, type: 'double' },
  sum: { id: 4, type: 'double' },
  sum_squares: { id: 5, type: 'double' },
  bucket_limit: { id: 6, type: 'double', rule: 'packed' },
  bucket: { id: 7, type: 'double', rule: 'packed' },
} as const;

const SUMMARY_METADATA = {
  plugin_data: { id: 1, type: { plugin_name: { id: 1, type: 'string' } } },
  data_class: { id: 4, type: 'int' },
} as const;

const TEXT_TENSOR = {
  dtype: { id: 1, type: 'int' },
  tensor_shape: { id: 2, type: TENSOR_SHAPE },
  string_val: { id: 8, type: 'bytes', rule: 'repeated' },
} as const;

/** `Summary.Value`: one value by its tag. */
export const SUMMARY_VALUE = {
  tag: { id: 1, type: 'string' },
  simple_value: { id: 2, type: 'float' },
  histo: { id: 5, type: HISTOGRAM },
  tensor: { id: 8, type: TEXT_TENSOR },
  metadata: { id: 9, type: SUMMARY_METADATA },
} as const;

/**
 * `Event`: the fields that we write of it.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/2.21.0/tensorboard/compat/proto/event.proto
 */
export const EVENT = {
  wall_time: { id: 1, type: 'double' },
  step: { id: 2, type: 'int' },
  file_version: { id: 3, type: 'string' },
  summary: { id: 5, type: { value: { id: 1, rule: 'repeated', type: SUMMARY_VALUE } } },
  session_log: { id: 7, type: { status: { id: 1, type: 'int' } } },
} as const;

/** `SessionLog.START`: what has this step or a later one in earlier files of the folder counts no more. */
export const SESSION_START = 1;

/** `DATA_CLASS_TENSOR`: how values of the text plugin are kept. */
export const DATA_CLASS_TENSOR = 2;
