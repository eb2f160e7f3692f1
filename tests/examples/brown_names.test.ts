import { NAME_TAGS, readBrownNames } from '../../examples/brown_names';

describe('readBrownNames', () => {
  const { train, heldOut } = readBrownNames();

  test('reads every sentence, a tenth of the documents apart', () => {
    expect([train.length, heldOut.length]).toEqual([51698, 5642]);
  });

  test('marks titles and names', () => {
    const [{ tokens, tags }] = train as [(typeof train)[number]];
    expect(tokens.slice(0, 8).join(' ')).toBe('The Fulton County Grand Jury said Friday an');
    expect(tags.slice(0, 8)).toEqual(['O', 'B-TITLE', 'I-TITLE', 'I-TITLE', 'I-TITLE', 'O', 'O', 'O']);
  });

  test('has a known tag for each word', () => {
    for (const { tokens, tags } of heldOut) expect(tags).toHaveLength(tokens.length);
    expect(new Set(heldOut.flatMap(({ tags }) => tags))).toEqual(new Set(NAME_TAGS));
  });
});
