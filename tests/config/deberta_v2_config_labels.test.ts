import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';

interface Case {
  name: string;
  fields: DebertaV2ConfigInput;
  numLabels: number;
  id2label: Record<number, string>;
  label2id: Record<string, number>;
}

const names = { 0: 'no', 1: 'maybe', 2: 'yes' };
const indices = { no: 0, maybe: 1, yes: 2 };
const named = { numLabels: 3, id2label: names, label2id: indices };

const cases: Case[] = [
  {
    name: 'nothing',
    fields: {},
    numLabels: 2,
    id2label: { 0: 'LABEL_0', 1: 'LABEL_1' },
    label2id: { LABEL_0: 0, LABEL_1: 1 },
  },
  { name: 'numLabels', fields: { numLabels: 1 }, numLabels: 1, id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } },
  { name: 'id2label', fields: { id2label: names }, ...named },
  { name: 'label2id', fields: { label2id: indices }, ...named },
  { name: 'label2id in another order', fields: { label2id: { yes: 2, no: 0, maybe: 1 } }, ...named },
  { name: 'id2label and label2id', fields: { id2label: names, label2id: indices }, ...named },
  { name: 'numLabels and id2label', fields: { numLabels: 3, id2label: names }, ...named },
  { name: 'numLabels and label2id', fields: { numLabels: 3, label2id: indices }, ...named },
  { name: 'all three', fields: { numLabels: 3, id2label: names, label2id: indices }, ...named },
  {
    name: 'id2label, and a label2id that also knows another spelling',
    fields: { id2label: { 0: 'no', 1: 'yes' }, label2id: { no: 0, yes: 1, YES: 1 } },
    numLabels: 2,
    id2label: { 0: 'no', 1: 'yes' },
    label2id: { no: 0, yes: 1, YES: 1 },
  },
];

test.each(cases)('labels follow from $name', ({ fields, numLabels, id2label, label2id }) => {
  const config = new DebertaV2Config(fields);
  expect(config).toMatchObject({ numLabels, id2label, label2id });
  expect(config.label2id).toEqual(label2id);
  expect(config.id2label).toEqual(id2label);
});

test.each(cases)('labels from $name survive toJSON and fromJSON', ({ fields }) => {
  const config = new DebertaV2Config(fields);
  expect(DebertaV2Config.fromJSON(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

const contradictions: Array<[name: string, fields: DebertaV2ConfigInput, message: RegExp]> = [
  ['numLabels against id2label', { numLabels: 2, id2label: names }, /num_labels must be .*id2label.*\(3\), received 2/],
  [
    'numLabels against label2id',
    { numLabels: 4, label2id: indices },
    /num_labels must be .*label2id.*\(3\), received 4/,
  ],
  ['a gap in id2label', { id2label: { 0: 'a', 2: 'b' } }, /id2label must be .*0, 1, 2.* received \{"0":"a","2":"b"\}/],
  ['id2label that begins at 1', { id2label: { 1: 'a', 2: 'b' } }, /id2label must be .*0, 1, 2/],
  ['id2label by names', { id2label: { a: 'b' } }, /id2label must be .*0, 1, 2.* received \{"a":"b"\}/],
  ['an empty id2label', { id2label: {} }, /id2label must be .*0, 1, 2.* received \{\}/],
  ['a gap in label2id', { label2id: { a: 0, b: 2 } }, /label2id must be .*0, 1, 2.* received \{"a":0,"b":2\}/],
  ['one index for two names', { label2id: { a: 0, b: 0 } }, /label2id must be .*each once.* received \{"a":0,"b":0\}/],
  ['an empty label2id', { label2id: {} }, /label2id must be .*0, 1, 2.* received \{\}/],
];

test.each(contradictions)('refuses %s', (_name, fields, message) => {
  expect(() => new DebertaV2Config(fields)).toThrowDebertaError('config', message);
});
