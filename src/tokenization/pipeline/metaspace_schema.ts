import { z } from 'zod';

/** One character, which may take two code units. */
export const characterSchema = z.string().refine((text) => Array.from(text).length === 1, 'expected one character');

/** Settings of Metaspace, as pre-tokenizer and as decoder; `add_prefix_space` is what older files have. */
export const metaspaceSchema = z
  .object({
    replacement: characterSchema,
    add_prefix_space: z.boolean().nullish(),
    prepend_scheme: z.enum(['first', 'never', 'always']).default('always'),
    split: z.boolean().nullish(),
  })
  .refine(
    ({ add_prefix_space: adds, prepend_scheme: scheme }) => adds !== false || scheme === 'never',
    'add_prefix_space does not match prepend_scheme',
  )
  .transform(({ replacement, prepend_scheme: prependScheme, split }) => ({
    replacement,
    prependScheme,
    split: split ?? true,
  }));
