import { entityScores } from '../../src/metrics/entity_scores';
import { type Entity, getEntities } from '../../src/metrics/get_entities';
import { TAG_SCHEMES, type TagScheme } from '../../src/metrics/tag_schemes';
import fc from '../harness/fast_check';
import { expectScores, readTable, type ScoreRows } from './table';

type EntityRow = [type: string, start: number, end: number];
type TextCase = { tags: string[]; lenient: EntityRow[] } & Record<TagScheme, EntityRow[] | null>;

interface ReportCase {
  readonly name: string;
  readonly labels: string[][];
  readonly predictions: string[][];
  readonly scheme?: TagScheme;
  readonly zeroDivision: 0 | 1;
  readonly scores: ScoreRows;
  readonly accuracy: number;
}

const { texts, reports } = readTable<{ texts: TextCase[]; reports: ReportCase[] }>('entities');
const schemes = Object.keys(TAG_SCHEMES) as TagScheme[];
const asRows = (entities: Entity[]) => entities.map(({ type, start, end }): EntityRow => [type, start, end]);

test('the entities of each text are those of seqeval', () => {
  for (const { tags, lenient } of texts) {
    expect({ tags, entities: asRows(getEntities(tags)) }).toEqual({ tags, entities: lenient });
  }
});

test.each(schemes)('the entities of each text in the scheme %s are those of seqeval', (scheme) => {
  const [allowed, refused] = [texts.filter((text) => text[scheme]), texts.filter((text) => !text[scheme])];
  for (const { tags, [scheme]: entities } of allowed) {
    expect({ tags, entities: asRows(getEntities(tags, scheme)) }).toEqual({ tags, entities });
  }
  for (const { tags } of refused) {
    expect(() => getEntities(tags, scheme)).toThrowDebertaError('input', /^Tag \d+ must begin with .* in the scheme/);
  }
  expect([allowed.length, refused.length].every((count) => count > 10)).toBe(true);
});

test.each(reports)('the report of seqeval: $name, zero division $zeroDivision', ({ labels, predictions, ...rest }) => {
  const { scheme, zeroDivision } = rest;
  const report = entityScores(labels, predictions, { zeroDivision, ...(scheme && { scheme }) });
  expectScores(report, rest.scores);
  expect(report.accuracy).toBeCloseTo(rest.accuracy, 6);
});

test.each([0, 1] as const)('without any entity averages are what zeroDivision says, %i', (zeroDivision) => {
  const { perClass, micro, macro, weighted, accuracy } = entityScores([['O', 'O']], [['O', 'O']], { zeroDivision });
  const row = { precision: zeroDivision, recall: zeroDivision, f1: zeroDivision, support: 0 };
  expect({ perClass, micro, macro, weighted, accuracy }).toEqual({
    perClass: {},
    micro: row,
    macro: row,
    weighted: row,
    accuracy: 1,
  });
});

test('types may have any name', () => {
  const { perClass } = entityScores([['B-__proto__', 'B-constructor']], [['B-__proto__', 'O']]);
  expect(Object.keys(perClass).sort()).toEqual(['__proto__', 'constructor']);
});

test('type and place of an entity must both be right', () => {
  const labels = [['B-A', 'I-A', 'O']];
  for (const predictions of [
    ['B-A', 'O', 'O'],
    ['B-B', 'I-B', 'O'],
    ['O', 'B-A', 'I-A'],
    ['B-A', 'I-A', 'I-A'],
  ]) {
    expect(entityScores(labels, [predictions]).micro.f1).toBe(0);
  }
});

const tags = fc.array(fc.constantFrom('O', 'B-A', 'I-A', 'B-B', 'I-B', 'E-A', 'S-B'), { maxLength: 8 });
const tagged = fc.array(
  tags.chain((labels) => fc.tuple(fc.constant(labels), fc.shuffledSubarray(labels, { minLength: labels.length }))),
  { minLength: 1, maxLength: 6 },
);

test('the order of texts does not matter, scores are from 0 to 1, and 1 for the labels themselves', () => {
  fc.assert(
    fc.property(tagged, (pairs) => {
      fc.pre(pairs.some(([labels]) => labels.length > 0));
      const [labels, predictions] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)];
      const report = entityScores(labels, predictions);
      expect(entityScores([...labels].reverse(), [...predictions].reverse())).toEqual(report);
      for (const { precision, recall, f1 } of [report.micro, report.macro, report.weighted]) {
        for (const value of [precision, recall, f1]) expect(value >= 0 && value <= 1 + 1e-12).toBe(true);
      }
      const perfect = entityScores(labels, labels, { zeroDivision: 1 });
      expect([perfect.micro.f1, perfect.accuracy]).toEqual([1, 1]);
    }),
  );
});

test('entities lie in the text, one behind the other', () => {
  fc.assert(
    fc.property(tags, fc.constantFrom(undefined, 'IOBES' as const), (text, scheme) => {
      let end = 0;
      for (const entity of getEntities(text, scheme)) {
        expect(entity.start).toBeGreaterThanOrEqual(end);
        expect(entity.end).toBeGreaterThan(entity.start);
        end = entity.end;
      }
      expect(end).toBeLessThanOrEqual(text.length);
    }),
  );
});

describe('refuses', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no texts', () => entityScores([], []), /^Texts of labels must be at least one/],
    ['texts of no tokens', () => entityScores([[]], [[]]), /^Labels must be at least one/],
    ['fewer texts', () => entityScores([['O'], ['O']], [['O']]), /received 2 and 1/],
    [
      'fewer tags',
      () => entityScores([['O'], ['O', 'O']], [['O'], ['O']]),
      /predictions of text 1 must.*received 2 and 1/,
    ],
    [
      'an empty tag',
      () => entityScores([['O']], [['']]),
      /^In the predictions of text 0: Tag 0 must be O, or .*received ""/,
    ],
    [
      'another scheme',
      () => entityScores([['O']], [['O']], { scheme: 'IOB3' as TagScheme }),
      /^Tag schemes are IOB1, /,
    ],
    [
      'a tag not in the scheme',
      () => entityScores([['O'], ['O', 'S-A']], [['O'], ['O', 'O']], { scheme: 'IOB2' }),
      /^In the labels of text 1: Tag 1 must begin with I, O, B in the scheme IOB2, received "S-A"/,
    ],
  ])('%s', (_name, run, message) => {
    expect(run).toThrowDebertaError('input', message);
  });
});
