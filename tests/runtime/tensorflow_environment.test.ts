import { tensorflowEnvironment } from '../../src/runtime/tensorflow_environment';

const ALL = {
  TF_CPP_MIN_LOG_LEVEL: '2',
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  TF_XLA_FLAGS: ' --tf_xla_async_compilation=true',
};

// One row per environment: what the user has set, what is added.
const cases: [string, Record<string, string>, Record<string, string>][] = [
  ['nothing', {}, ALL],
  ['other things', { PATH: '/bin', TF_ENABLE_ONEDNN_OPTS: '0' }, ALL],
  [
    'how loud it is',
    { TF_CPP_MIN_LOG_LEVEL: '0' },
    { TF_FORCE_GPU_ALLOW_GROWTH: 'true', TF_XLA_FLAGS: ' --tf_xla_async_compilation=true' },
  ],
  [
    'other flags of XLA',
    { TF_XLA_FLAGS: '--tf_xla_auto_jit=2' },
    { ...ALL, TF_XLA_FLAGS: '--tf_xla_auto_jit=2 --tf_xla_async_compilation=true' },
  ],
  [
    'everything',
    { TF_CPP_MIN_LOG_LEVEL: '1', TF_FORCE_GPU_ALLOW_GROWTH: 'false', TF_XLA_FLAGS: '--tf_xla_async_compilation=false' },
    {},
  ],
];

test.each(cases)('a user who has set %s keeps it', (_name, environment, added) => {
  expect(tensorflowEnvironment(environment)).toEqual(added);
});
