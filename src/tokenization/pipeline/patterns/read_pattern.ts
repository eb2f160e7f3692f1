import { z } from 'zod';
import { escapeRegExp } from '../../escape_reg_exp';
import { type JsonPlace, parseAt, placeWithin } from '../json_place';
import { type FindMatches, regExpMatches } from './find_matches';
import { onigurumaPattern } from './oniguruma_pattern';

const patternSchema = z.union([z.strictObject({ String: z.string() }), z.strictObject({ Regex: z.string() })]);

/**
 * Reads `{"String": …}`, which is taken literally, or `{"Regex": …}`, a pattern of Oniguruma.
 *
 * @throws {TokenizerError} for a pattern that JavaScript cannot express.
 */
export function readPattern(value: unknown, place: JsonPlace): FindMatches {
  const pattern = parseAt(patternSchema, value, place);
  if ('String' in pattern) return regExpMatches(new RegExp(escapeRegExp(pattern.String), 'gu'));
  return regExpMatches(onigurumaPattern(pattern.Regex, place.file, placeWithin(place, 'Regex').key));
}
