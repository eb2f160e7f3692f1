import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { eachBackend } from '../harness';
import { deterministicModel } from '../harness/deterministic_weights';
import { configFor, HEAD_NAMES, HEADS, MODEL_FIXTURES, tensorsOf } from './cases';

// Every configuration axis, as the classes of Hugging Face compute it (tests/reference says how).
eachBackend('the reference is matched within 1e-5', () => {
  describe.each(MODEL_FIXTURES.map((fixture) => [fixture.case, fixture] as const))('%s', (_name, fixture) => {
    test('by hidden states and attentions', () => {
      const model = deterministicModel(TFDebertaV2Model, configFor(fixture.config, 'model'));
      const output = model.forward(tensorsOf(fixture.inputs), { outputHiddenStates: true, outputAttentions: true });
      expect(output.last_hidden_state).toBeCloseToTensor(fixture.model.last_hidden_state);
      expect(output.hidden_states).toHaveLength(fixture.model.hidden_states.length);
      for (const [layer, states] of fixture.model.hidden_states.entries()) {
        expect(output.hidden_states![layer]!).toBeCloseToTensor(states);
      }
      expect(output.attentions).toHaveLength(fixture.model.attentions.length);
      for (const [layer, probabilities] of fixture.model.attentions.entries()) {
        expect(output.attentions![layer]!).toBeCloseToTensor(probabilities);
      }
    });

    const heads = HEAD_NAMES.filter((head) => fixture[head] !== undefined);
    test.each(heads)('by %s: forward, loss and predict', (head) => {
      const expected = fixture[head]!;
      const model = deterministicModel<InstanceType<(typeof HEADS)[typeof head]>>(
        HEADS[head],
        configFor(fixture.config, head),
      );
      const inputs = tensorsOf(fixture.inputs, expected);
      const output = model.forward(inputs);
      const logits = 'logits' in output ? [output.logits] : [output.start_logits, output.end_logits];
      const expectedLogits = expected.logits ? [expected.logits] : [expected.start_logits!, expected.end_logits!];
      const predicted = [model.predict(inputs)].flat();
      for (const [index, values] of expectedLogits.entries()) {
        expect(logits[index]!).toBeCloseToTensor(values);
        expect(predicted[index]!).toBeCloseToTensor(values);
      }
      expect(output.loss!).toBeCloseToTensor(expected.loss);
    });
  });
});
