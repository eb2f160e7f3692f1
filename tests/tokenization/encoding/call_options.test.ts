import {
  type CallOptions,
  checkCallOptions,
  type ResolvedStrategies,
  resolveStrategies,
} from '../../../src/tokenization/encoding/call_options';

const NO_MAXIMUM = 1e30;
type Options = Parameters<typeof resolveStrategies>[0];

function resolve(options: Options, modelMaxLength: number) {
  const warnings: string[] = [];
  const strategies = resolveStrategies(options, modelMaxLength, (message) => warnings.push(message));
  return { strategies, warnings };
}

const none: ResolvedStrategies = { padding: 'do_not_pad', truncation: 'do_not_truncate', maxLength: undefined };

const quiet: [options: Options, modelMaxLength: number, expected: Partial<ResolvedStrategies>][] = [
  [{}, NO_MAXIMUM, {}],
  [{}, 8, {}],
  [{ padding: true }, NO_MAXIMUM, { padding: 'longest' }],
  [{ padding: 'longest' }, 8, { padding: 'longest' }],
  [{ padding: false, truncation: false }, 8, {}],
  [{ padding: 'do_not_pad', truncation: 'do_not_truncate' }, 8, {}],
  [{ padding: 'max_length' }, 8, { padding: 'max_length', maxLength: 8 }],
  [{ padding: 'max_length', maxLength: 5 }, NO_MAXIMUM, { padding: 'max_length', maxLength: 5 }],
  [{ truncation: true }, 8, { truncation: 'longest_first', maxLength: 8 }],
  [{ truncation: 'only_second', maxLength: 5 }, 8, { truncation: 'only_second', maxLength: 5 }],
  [{ truncation: false, maxLength: 5 }, 8, { maxLength: 5 }],
  [{ padding: 'do_not_pad', maxLength: 5 }, 8, { maxLength: 5 }],
  [
    { truncation: true, padding: true, maxLength: 8, padToMultipleOf: 4 },
    9,
    { padding: 'longest', truncation: 'longest_first', maxLength: 8 },
  ],
  [{ truncation: true, maxLength: 7, padToMultipleOf: 4 }, 9, { truncation: 'longest_first', maxLength: 7 }],
];

test.each(quiet)('resolveStrategies takes %j with a maximum of %d', (options, modelMaxLength, expected) => {
  expect(resolve(options, modelMaxLength)).toEqual({ strategies: { ...none, ...expected }, warnings: [] });
});

const warned: [options: Options, modelMaxLength: number, expected: Partial<ResolvedStrategies>, warning: RegExp][] = [
  [{ maxLength: 5 }, 8, { truncation: 'longest_first', maxLength: 5 }, /^maxLength was given without truncation/],
  [{ maxLength: 5, padding: false }, 8, { truncation: 'longest_first', maxLength: 5 }, /^maxLength was given without/],
  [
    { maxLength: 5, padding: true },
    8,
    { padding: 'longest', maxLength: 5 },
    /^maxLength is ignored with padding: true/,
  ],
  [{ padding: 'max_length' }, NO_MAXIMUM, {}, /needs maxLength.*nothing is padded/],
  [{ truncation: true }, NO_MAXIMUM, {}, /needs maxLength.*nothing is truncated/],
];

test.each(warned)(
  'resolveStrategies warns of %j with a maximum of %d',
  (options, modelMaxLength, expected, warning) => {
    expect(resolve(options, modelMaxLength)).toEqual({
      strategies: { ...none, ...expected },
      warnings: [expect.stringMatching(warning)],
    });
  },
);

const refused: [options: Record<string, unknown>, message: RegExp][] = [
  [{ padding: 'longst' }, /^Option padding must be true, false, longest, max_length, do_not_pad, received "longst"\.$/],
  [{ truncation: 'first' }, /^Option truncation must be true, false, longest_first, .*, received "first"\.$/],
  [{ maxLength: -1 }, /^Option maxLength must be an integer of at least 0, received -1\.$/],
  [{ maxLength: 2.5 }, /received 2\.5/],
  [{ maxLength: '5' }, /received "5"/],
  [{ padToMultipleOf: 0 }, /^Option padToMultipleOf must be an integer of at least 1, received 0\.$/],
  [
    { padding: true, truncation: true, maxLength: 9, padToMultipleOf: 4 },
    /multiple of padToMultipleOf \(4\), received 9/,
  ],
  [{ padding: true, truncation: true, padToMultipleOf: 4 }, /multiple of padToMultipleOf \(4\), received 10/],
];

test.each(refused)('resolveStrategies refuses %j', (options, message) => {
  expect(() => resolve(options as Options, 10)).toThrowDebertaError('tokenizer', message);
});

test('checkCallOptions names what call does not know', () => {
  const options: CallOptions = { padding: true, returnTensors: 'tf' };
  const unknown = { ...options, max_length: 3, verbose: true };
  expect(checkCallOptions(unknown)).toEqual(['max_length', 'verbose']);
});
