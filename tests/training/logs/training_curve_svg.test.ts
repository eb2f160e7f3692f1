import { trainingCurveSvg } from '../../../src/training/logs/training_curve_svg';
import { RUN, record } from './run_records';

/** Attributes of the elements of a kind, in their order. */
function elements(svg: string, tag: string, style = ''): Record<string, string>[] {
  return Array.from(svg.matchAll(new RegExp(`<${tag} ([^>]*class="${style}[^>]*?)/?>`, 'g')), ([, attributes]) =>
    Object.fromEntries(Array.from(attributes!.matchAll(/([\w-]+)="([^"]*)"/g), ([, name, value]) => [name!, value!])),
  );
}

const textsOf = (svg: string, style: string) =>
  Array.from(svg.matchAll(new RegExp(`<text class="${style}"[^>]*>([^<]*)<`, 'g')), ([, text]) => text);

/** Elements that are open at the end, or were closed in another order. */
function unclosed(svg: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, rest] of svg.matchAll(/<(\/?)(\w+)([^>]*)>/g)) {
    if (slash === '') open.push(name!);
    if (slash === '/' ? open.at(-1) === name : rest!.endsWith('/')) open.pop();
  }
  return open;
}

describe('trainingCurveSvg', () => {
  const svg = trainingCurveSvg(RUN, { width: 400, height: 200 });

  test('draws the values to the scales of their axes', () => {
    const [train, evaluated] = [elements(svg, 'path', 'curve train'), elements(svg, 'path', 'curve eval')];
    // The plotted part of the first chart is from 68 to 376 and from 48 to 156: steps 10 to 50, losses 2 to 0.8.
    expect(train.map(({ d }) => d)).toContain('M68,48L145,93L222,120L299,138L376,147');
    expect(evaluated.map(({ d }) => d)).toContain('M183.5,102L376,129');
    expect(elements(svg, 'circle', 'eval').slice(0, 2)).toMatchObject([
      { cx: '183.5', cy: '102' },
      { cx: '376', cy: '129' },
    ]);
  });

  test('names the charts, the curves that each has, and the ticks', () => {
    expect(textsOf(svg, 'title')).toEqual(['loss', 'f1']);
    expect(textsOf(svg, 'end').filter((text) => /[a-z]/.test(text!))).toEqual(['eval', 'train', 'eval']);
    expect(textsOf(svg, 'middle')).toEqual([
      '10',
      '20',
      '30',
      '40',
      '50',
      'step',
      '10',
      '20',
      '30',
      '40',
      '50',
      'step',
    ]);
    expect(textsOf(svg, 'end').slice(0, 7)).toEqual(['0.8', '1', '1.2', '1.4', '1.6', '1.8', '2']);
  });

  test('is whole and needs nothing from elsewhere', () => {
    expect(unclosed(svg)).toEqual([]);
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(svg).not.toMatch(/script|@import|url\(|NaN|undefined/);
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  test('escapes names', () => {
    const named = trainingCurveSvg([record('eval', 1, { '<script>&\0': 1 })]);
    expect(textsOf(named, 'title')).toEqual(['&lt;script&gt;&amp;\ufffd']);
    expect(unclosed(named)).toEqual([]);
  });

  test.each([
    ['records out of order', [...RUN].reverse()],
    ['a value that is not finite', [...RUN, record('train', 60, { loss: NaN })]],
    ['steps that were done again', [record('train', 10, { loss: 9 }), ...RUN]],
  ])('gives the same of %s', (_what, records) => {
    const paths = (text: string) => elements(text, 'path', 'curve train').map(({ d }) => d);
    expect(paths(trainingCurveSvg(records, { width: 400, height: 200 }))).toEqual(paths(svg));
  });

  test('stays small where there are many records', () => {
    const many = Array.from({ length: 50_000 }, (_, step) => record('eval', step, { loss: Math.sin(step) }));
    const text = trainingCurveSvg(many);
    expect(text.length).toBeLessThan(30_000);
    expect(text).not.toContain('<circle');
  });

  test('refuses an empty run and sizes that are none', () => {
    expect(() => trainingCurveSvg([])).toThrowDebertaError('input', /needs a record with a finite value of loss/);
    expect(() => trainingCurveSvg(RUN, { width: 10 })).toThrowDebertaError(
      'usage',
      /width must be .* from 200 to 10000/,
    );
  });
});
