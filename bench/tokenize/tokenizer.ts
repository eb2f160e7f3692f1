/** What a tokenizer is asked for: ids alone, or with the position of each token in the text. */
export const OUTPUTS = ['ids', 'offsets'] as const;

export type Output = (typeof OUTPUTS)[number];

/** How lines are handed over: one by one, or in lists. */
export const FORMS = ['line', 'list'] as const;

export type Form = (typeof FORMS)[number];

/** Calls of a package, where it has them; all put special tokens around a text. */
export interface Tokenizer {
  readonly line: {
    readonly ids: (text: string) => readonly number[] | Promise<readonly number[]>;
    readonly offsets?: (text: string) => unknown;
  };
  readonly list: {
    readonly ids?: (texts: string[]) => unknown;
    readonly offsets?: (texts: string[]) => unknown;
  };
}

/** Which outputs a tokenizer has a call for, in each form. */
export type Abilities = Readonly<Record<Form, readonly Output[]>>;

export function abilitiesOf(tokenizer: Tokenizer): Abilities {
  const of = (form: Form) => OUTPUTS.filter((output) => tokenizer[form][output] !== undefined);
  return { line: of('line'), list: of('list') };
}
