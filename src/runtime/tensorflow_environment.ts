/** Asks TensorFlow to go on with the plain kernels while XLA compiles in the background. */
const ASYNC_COMPILATION = '--tf_xla_async_compilation';

/**
 * Settings TensorFlow reads from the environment when it is loaded: those that are missing in `environment`.
 *
 * What the user has set stays as it is.
 *
 * | variable | value | why |
 * |---|---|---|
 * | `TF_CPP_MIN_LOG_LEVEL` | `2` | errors are told, notices and warnings are not |
 * | `TF_FORCE_GPU_ALLOW_GROWTH` | `true` | a GPU's memory is taken as it is needed, and left to others otherwise |
 * | `TF_XLA_FLAGS` | `--tf_xla_async_compilation=true` appended | a graph runs at once and is compiled meanwhile |
 */
export function tensorflowEnvironment(environment: Readonly<Record<string, string | undefined>>): {
  [name: string]: string;
} {
  const { TF_CPP_MIN_LOG_LEVEL, TF_FORCE_GPU_ALLOW_GROWTH, TF_XLA_FLAGS = '' } = environment;
  return {
    ...(TF_CPP_MIN_LOG_LEVEL === undefined && { TF_CPP_MIN_LOG_LEVEL: '2' }),
    ...(TF_FORCE_GPU_ALLOW_GROWTH === undefined && { TF_FORCE_GPU_ALLOW_GROWTH: 'true' }),
    ...(!TF_XLA_FLAGS.includes(ASYNC_COMPILATION) && { TF_XLA_FLAGS: `${TF_XLA_FLAGS} ${ASYNC_COMPILATION}=true` }),
  };
}
