import { CompilePolicy, type GraphChoice } from '../../src/inference/compile_policy';

const SHAPE = 'a shape';

/** A policy and the clock it reads. */
function policyWithClock(mostShapes = 4) {
  const clock = { now: 0 };
  const policy = new CompilePolicy(mostShapes, () => clock.now);
  return { policy, clock };
}

/** What happens to a policy, in the words of the tables below. */
type Event = { readonly plain: number } | { readonly compiled: number } | { readonly wait: number };

function play(events: readonly Event[], { policy, clock } = policyWithClock(), shape = SHAPE): CompilePolicy {
  for (const event of events) {
    if ('wait' in event) clock.now += event.wait;
    else if ('plain' in event) policy.report(shape, 'plain', event.plain);
    else policy.report(shape, 'compiled', event.compiled);
  }
  return policy;
}

/** The compiler has been started and given its second; plain calls take 2000. */
const DUE: Event[] = [{ plain: 2000 }, { compiled: 30 }, { wait: 1000 }];
const FASTER: Event = { compiled: 1999 };
const SLOWER: Event = { compiled: 2000 };
/** The compiled graph tried four times in vain. */
const IN_VAIN = [SLOWER, SLOWER, SLOWER, SLOWER];
const FAILED_FOUR_TIMES: Event[] = [
  ...DUE,
  ...IN_VAIN,
  { wait: 2000 },
  ...IN_VAIN,
  { wait: 4000 },
  ...IN_VAIN,
  { wait: 8000 },
  ...IN_VAIN,
];

interface Expectation {
  readonly choose: GraphChoice;
  /** Whether an idle moment has something to do. */
  readonly idle: boolean;
  readonly stepIn: number | undefined;
  readonly isCompiled?: boolean;
}

describe.each<[string, Event[], Expectation]>([
  ['a shape not seen before', [], { choose: 'plain', idle: false, stepIn: 0 }],
  ['less than half a second of plain work', [{ plain: 499 }], { choose: 'plain', idle: false, stepIn: 0 }],
  [
    'half a second of plain work, in several calls',
    [{ plain: 200 }, { plain: 200 }, { plain: 100 }],
    { choose: 'plain', idle: true, stepIn: 0 },
  ],
  ['a moment less than two seconds', [{ plain: 1999 }], { choose: 'plain', idle: true, stepIn: 0 }],
  ['two seconds of plain work', [{ plain: 1999 }, { plain: 1 }], { choose: 'compiled', idle: true, stepIn: 0 }],
  ['the compiler started', [{ plain: 500 }, { compiled: 30 }], { choose: 'plain', idle: false, stepIn: 1000 }],
  [
    'the compiler at work, however much plain work there is',
    [{ plain: 500 }, { compiled: 30 }, { plain: 5000 }, { wait: 999 }],
    { choose: 'plain', idle: false, stepIn: 1 },
  ],
  ['the compiler done, and no plain work since it was started', DUE, { choose: 'plain', idle: false, stepIn: 0 }],
  [
    'the compiler done, and half a second of plain work since',
    [...DUE, { plain: 500 }],
    { choose: 'plain', idle: true, stepIn: 0 },
  ],
  [
    'the compiler done, and two seconds of plain work since',
    [...DUE, { plain: 2000 }],
    { choose: 'compiled', idle: true, stepIn: 0 },
  ],
  [
    'the compiled graph faster at once',
    [...DUE, FASTER],
    { choose: 'compiled', idle: false, stepIn: undefined, isCompiled: true },
  ],
  ['the compiled graph not faster at once', [...DUE, SLOWER], { choose: 'compiled', idle: true, stepIn: 0 }],
  [
    'the compiled graph not faster three times',
    [...DUE, SLOWER, SLOWER, SLOWER],
    { choose: 'compiled', idle: true, stepIn: 0 },
  ],
  [
    'the compiled graph faster the fourth time',
    [...DUE, SLOWER, SLOWER, SLOWER, FASTER],
    { choose: 'compiled', idle: false, stepIn: undefined, isCompiled: true },
  ],
  [
    'the compiled graph faster, and slow afterwards',
    [...DUE, FASTER, SLOWER, SLOWER, SLOWER, SLOWER, SLOWER],
    { choose: 'compiled', idle: false, stepIn: undefined, isCompiled: true },
  ],
  ['the compiled graph not faster four times', [...DUE, ...IN_VAIN], { choose: 'plain', idle: false, stepIn: 2000 }],
  [
    'the compiled graph given up, and plain work that would do otherwise',
    [...DUE, ...IN_VAIN, { wait: 1999 }, { plain: 9999 }],
    { choose: 'plain', idle: false, stepIn: 1 },
  ],
  [
    'the compiled graph given up a while ago, and half a second of plain work since',
    [...DUE, ...IN_VAIN, { plain: 500 }, { wait: 2000 }],
    { choose: 'plain', idle: true, stepIn: 0 },
  ],
  [
    'the compiled graph faster when it is looked for again',
    [...DUE, ...IN_VAIN, { wait: 2000 }, FASTER],
    { choose: 'compiled', idle: false, stepIn: undefined, isCompiled: true },
  ],
  [
    'the compiled graph given up twice',
    [...DUE, ...IN_VAIN, { wait: 2000 }, ...IN_VAIN],
    { choose: 'plain', idle: false, stepIn: 4000 },
  ],
  [
    'the compiled graph given up four times: not compiled ahead any longer',
    FAILED_FOUR_TIMES,
    { choose: 'plain', idle: false, stepIn: undefined },
  ],
  [
    'the compiled graph given up four times: looked for again by calls, after sixteen seconds',
    [...FAILED_FOUR_TIMES, { plain: 2000 }, { wait: 16_000 }],
    { choose: 'compiled', idle: true, stepIn: undefined },
  ],
  [
    'the compiled graph slower than a plain call of late, faster than others',
    [...DUE, { plain: 10 }, { plain: 2000 }, { compiled: 11 }],
    { choose: 'compiled', idle: true, stepIn: 0 },
  ],
  [
    'the compiled graph faster than that call would be after two slower ones',
    [...DUE, { plain: 10 }, { plain: 2000 }, { plain: 2000 }, { compiled: 11 }],
    { choose: 'compiled', idle: false, stepIn: undefined, isCompiled: true },
  ],
])('%s', (_name, events, { choose, idle, stepIn, isCompiled = false }) => {
  test(`the next call is answered by the ${choose} graph`, () => expect(play(events).choose(SHAPE)).toBe(choose));
  test(idle ? 'an idle moment takes it a step on' : 'an idle moment has nothing to do', () =>
    expect(play(events).idleStep()).toBe(idle ? SHAPE : undefined),
  );
  test(`compiling ahead goes on in ${stepIn}`, () => expect(play(events).stepIn(SHAPE)).toBe(stepIn));
  test(isCompiled ? 'it is told as compiled' : 'it is not told as compiled', () =>
    expect(play(events).compiledShapes).toEqual(isCompiled ? [SHAPE] : []),
  );
});

describe('shapes', () => {
  test('are counted apart', () => {
    const { policy } = policyWithClock();
    policy.report('a', 'plain', 1500);
    policy.report('b', 'plain', 1500);
    expect([policy.choose('a'), policy.choose('b')]).toEqual(['plain', 'plain']);
    policy.report('b', 'plain', 500);
    expect([policy.choose('a'), policy.choose('b')]).toEqual(['plain', 'compiled']);
  });

  test('have their turn in idle moments one after the other', () => {
    const { policy } = policyWithClock();
    policy.report('a', 'plain', 600);
    policy.report('b', 'plain', 600);
    expect(policy.idleStep()).toBe('a');
    policy.report('a', 'compiled', 30);
    expect(policy.idleStep()).toBe('b');
    policy.report('b', 'compiled', 30);
    expect(policy.idleStep()).toBeUndefined();
  });

  test.each<[string, Event[]]>([
    ['compiling', [{ plain: 2000 }, { compiled: 30 }]],
    ['tried', [...DUE, SLOWER]],
    ['compiled', [...DUE, FASTER]],
    ['given up', FAILED_FOUR_TIMES],
  ])('that are %s count against the bound', (_state, events) => {
    const setting = policyWithClock(2);
    play(events, setting, 'a');
    play([{ plain: 2000 }], setting, 'c');
    expect(setting.policy.choose('c')).toBe('compiled');
    play(events, setting, 'b');
    expect(setting.policy.choose('c')).toBe('plain');
    expect(setting.policy.stepIn('c')).toBeUndefined();
    expect([setting.policy.idleStep(), setting.policy.idleStep()]).not.toContain('c');
  });

  test('within the bound go on when it is reached', () => {
    const setting = policyWithClock(1);
    play([...DUE, FASTER], setting);
    expect(setting.policy.choose(SHAPE)).toBe('compiled');
    expect(setting.policy.compiledShapes).toEqual([SHAPE]);
  });

  test('that no one is to compile stay plain', () => {
    const { policy } = policyWithClock(0);
    policy.report(SHAPE, 'plain', 5000);
    expect([policy.choose(SHAPE), policy.idleStep(), policy.stepIn(SHAPE)]).toEqual(['plain', undefined, undefined]);
  });

  test('beyond 1024 push out the oldest that is not compiled', () => {
    const setting = policyWithClock();
    const { policy } = setting;
    play([...DUE, FASTER], setting, 'compiled one');
    policy.report('oldest', 'plain', 1500);
    policy.report('second', 'plain', 1500);
    for (let index = 0; index < 1021; index++) policy.report(`other ${index}`, 'plain', 1);
    policy.report('oldest', 'plain', 500);
    expect(policy.choose('oldest')).toBe('compiled');
    policy.report('one more', 'plain', 1);
    expect(policy.choose('oldest')).toBe('plain');
    policy.report('second', 'plain', 500);
    expect(policy.choose('second')).toBe('compiled');
    expect(policy.compiledShapes).toEqual(['compiled one']);
  });
});

test('choosing and asking for an idle step remember nothing', () => {
  const { policy } = policyWithClock(1);
  for (let call = 0; call < 5; call++) expect([policy.choose(SHAPE), policy.idleStep()]).toEqual(['plain', undefined]);
  expect(policy.stepIn('another')).toBe(0);
});

test('after reset every shape starts anew, and none counts against the bound', () => {
  const setting = policyWithClock(1);
  play([...DUE, FASTER], setting);
  setting.policy.reset();
  expect(setting.policy.compiledShapes).toEqual([]);
  expect(setting.policy.choose(SHAPE)).toBe('plain');
  play([{ plain: 2000 }], setting, 'another');
  expect(setting.policy.choose('another')).toBe('compiled');
});

test('the time is that of the process unless told otherwise', () => {
  const policy = new CompilePolicy(1);
  policy.report(SHAPE, 'plain', 2000);
  policy.report(SHAPE, 'compiled', 30);
  expect(policy.stepIn(SHAPE)).toBeGreaterThan(0);
  expect(policy.stepIn(SHAPE)).toBeLessThanOrEqual(1000);
});
