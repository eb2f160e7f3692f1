import { z } from 'zod';
import type { SequenceTemplate, TemplatePart } from '../encoding/sequence_template';
import { type ComponentReader, type JsonPlace, parseAt, placeWithin, readByType, wrongValue } from './json_place';

const id = z.int().nonnegative().max(0xffffffff);
const pieceSchema = z.union([
  z.strictObject({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: id }) }),
  z.strictObject({ SpecialToken: z.object({ id: z.string(), type_id: id }) }),
]);
const templateSchema = z.object({
  single: z.array(pieceSchema),
  pair: z.array(pieceSchema),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(id), tokens: z.array(z.string()) })),
});
const sequenceSchema = z.object({ processors: z.array(z.unknown()) });

/** What a tokenizer without a post-processor does: nothing goes around the sequences. */
export const PLAIN_TEMPLATE: SequenceTemplate = {
  single: [{ sequence: 0, typeId: 0 }],
  pair: [
    { sequence: 0, typeId: 0 },
    { sequence: 1, typeId: 1 },
  ],
};

const READERS: Readonly<Record<string, ComponentReader<SequenceTemplate>>> = {
  TemplateProcessing: readTemplate,
  Sequence: (value, place) => {
    const { processors } = parseAt(sequenceSchema, value, place);
    const list = placeWithin(place, 'processors');
    const [first, ...more] = processors.map((part, index) => readPostProcessor(part, placeWithin(list, index)));
    if (more.length > 0) throw wrongValue(list, 'expected at most one TemplateProcessing');
    return first ?? PLAIN_TEMPLATE;
  },
};

/**
 * Reads a post-processor of `tokenizer.json`: which special tokens go around the sequences.
 *
 * @throws {TokenizerError} for a type that is not known, and for a template that names a token or a sequence it does not
 *   have.
 */
export function readPostProcessor(value: unknown, place: JsonPlace): SequenceTemplate {
  return readByType(READERS, 'post-processor', value, place);
}

function readTemplate(value: unknown, place: JsonPlace): SequenceTemplate {
  const template = parseAt(templateSchema, value, place);
  const specialTokens = new Map(Object.entries(template.special_tokens));
  const readParts = (key: 'single' | 'pair'): TemplatePart[] =>
    template[key].map((piece, index) => {
      const pieceAt = placeWithin(placeWithin(place, key), index);
      if ('Sequence' in piece) {
        const { id: name, type_id: typeId } = piece.Sequence;
        if (name === 'B' && key === 'single') throw wrongValue(pieceAt, 'there is no sequence B in a single one');
        return { sequence: name === 'A' ? 0 : 1, typeId };
      }
      const { id: name, type_id: typeId } = piece.SpecialToken;
      const token = specialTokens.get(name);
      if (token === undefined) throw wrongValue(pieceAt, `special_tokens has no ${JSON.stringify(name.slice(0, 100))}`);
      return { ids: token.ids, typeId };
    });
  return { single: readParts('single'), pair: readParts('pair') };
}
