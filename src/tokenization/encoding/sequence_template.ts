/** One part of a row: special tokens, or one of the sequences. */
export type TemplatePart = SpecialPart | SequencePart;

/** Special tokens that a template adds. */
export interface SpecialPart {
  readonly ids: readonly number[];
  readonly typeId: number;
}

/** Where a sequence goes: the first (0) or the second of a pair (1). */
export interface SequencePart {
  readonly sequence: 0 | 1;
  readonly typeId: number;
}

/** How special tokens are laid around one sequence and around a pair. */
export interface SequenceTemplate {
  readonly single: readonly TemplatePart[];
  readonly pair: readonly TemplatePart[];
}

/** `[CLS] first [SEP]` and `[CLS] first [SEP] second [SEP]`; the second sequence and what follows has type 1. */
export function debertaTemplate(clsTokenId: number, sepTokenId: number): SequenceTemplate {
  const single: TemplatePart[] = [
    { ids: [clsTokenId], typeId: 0 },
    { sequence: 0, typeId: 0 },
    { ids: [sepTokenId], typeId: 0 },
  ];
  return { single, pair: [...single, { sequence: 1, typeId: 1 }, { ids: [sepTokenId], typeId: 1 }] };
}

/** Number of tokens that a template adds. */
export function countSpecial(parts: readonly TemplatePart[]): number {
  return parts.reduce((count, part) => count + ('ids' in part ? part.ids.length : 0), 0);
}

/** Ids of one sequence with the special tokens of a template around them. */
export function surround({ single }: SequenceTemplate, ids: readonly number[]): number[] {
  const all: number[] = [];
  for (const part of single) for (const id of 'ids' in part ? part.ids : ids) all.push(id);
  return all;
}
