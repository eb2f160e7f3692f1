import { ARCHITECTURES } from '../../src/config/architecture';
import { weightSpecs } from '../../src/convert/weight_names';
import { lower } from '../../src/inference/lower';
import type { Affine, Norm, PositionTable, Program, Step } from '../../src/inference/program';
import { configFor, MODEL_FIXTURES } from '../models/cases';

const ofNorm = ({ gamma, beta }: Norm) => [gamma, beta];
const ofAffine = ({ kernel, bias }: Affine) => [kernel, ...(bias === undefined ? [] : [bias])];
const ofTable = (table?: PositionTable) => (table === undefined ? [] : ofAffine(table.projection));

function weightsOfStep(step: Step): string[] {
  switch (step.kind) {
    case 'embed':
      return [
        step.words,
        ...[step.positions, step.tokenTypes].filter((name) => name !== undefined),
        ...(step.projection ? ofAffine(step.projection) : []),
        ...ofNorm(step.norm),
      ];
    case 'attend':
      return [
        ...[step.query, step.key, step.value].flatMap(ofAffine),
        ...ofTable(step.positionKeys),
        ...ofTable(step.positionQueries),
      ];
    case 'project':
      return ofAffine(step.affine);
    case 'projectAndAdd':
    case 'convolve':
      return [...ofAffine(step.affine), ...ofNorm(step.norm)];
    case 'normalize':
      return ofNorm(step.norm);
    case 'firstToken':
    case 'chooseRows':
      return [];
    case 'addPositions':
      return [step.table];
    case 'addFirstToken':
      return ofNorm(step.norm);
    case 'scoreVocabulary':
      return [step.table, step.bias];
  }
}

function weightsOf({ steps, relative }: Program): string[] {
  const ofRelative = relative ? [relative.weight, ...(relative.norm ? ofNorm(relative.norm) : [])] : [];
  return [...new Set([...steps.flatMap(weightsOfStep), ...ofRelative])].sort();
}

describe.each(ARCHITECTURES)('%s lowered', (architecture) => {
  test.each(MODEL_FIXTURES.map((fixture) => [fixture.case, fixture] as const))(
    'reads every weight: %s',
    (_, fixture) => {
      const isAnswering = architecture === 'TFDebertaV2ForQuestionAnswering';
      const config = configFor(fixture.config, isAnswering ? 'question_answering' : 'model');
      const known = weightSpecs(config, architecture).map(({ tfName }) => tfName);
      // A relative table that no term of the attention reads stays in the model, and out of the program.
      const isRead = (name: string) => config.posAttType.length > 0 || !/rel_embeddings|encoder\/LayerNorm/.test(name);
      expect(weightsOf(lower(architecture, config))).toEqual(known.filter(isRead).sort());
    },
  );

  test('computes every value before a step reads it, and each once', () => {
    for (const fixture of MODEL_FIXTURES) {
      const { steps, result } = lower(architecture, configFor(fixture.config, 'model'));
      const made = new Set<string>();
      for (const step of steps) {
        if ('input' in step) expect(made).toContain(step.input);
        if ('residual' in step) expect(made).toContain(step.residual);
        expect(made).not.toContain(step.output);
        made.add(step.output);
      }
      expect(made).toContain(result.value);
    }
  });
});
