import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScoreReport } from '../../src/metrics/score_report';

/** Precision, recall, F1 and maybe the support; null where there is no number. */
type Row = readonly (number | null)[];

/** Scores as the tables hold them. */
export interface ScoreRows {
  readonly perClass: Readonly<Record<string, Row>>;
  readonly micro: Row;
  readonly macro: Row;
  readonly weighted: Row;
}

/** A table of `tests/reference/make_metrics.py`, with NaN for null where numbers are. */
export function readTable<T>(name: string): T {
  const text = readFileSync(join(__dirname, '..', 'fixtures', 'metrics', `${name}.json`), 'utf8');
  return JSON.parse(text) as T;
}

/** NaN for null. */
export const orNaN = (value: number | null): number => value ?? Number.NaN;

/** Expects a report to have the scores of a table. */
export function expectScores(report: ScoreReport, expected: ScoreRows): void {
  expect(Object.keys(report.perClass).sort()).toEqual(Object.keys(expected.perClass).sort());
  for (const [name, row] of Object.entries(expected.perClass)) expectRow(report.perClass[name]!, row);
  expectRow(report.micro, expected.micro);
  expectRow(report.macro, expected.macro);
  expectRow(report.weighted, expected.weighted);
}

function expectRow({ precision, recall, f1, support }: ScoreReport['micro'], row: Row): void {
  const received = [precision, recall, f1, support].slice(0, row.length);
  expect(received).toBeCloseToTensor(row.map(orNaN), 1e-6);
}
