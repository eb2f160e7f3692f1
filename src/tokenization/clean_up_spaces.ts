/** Undoes the spaces that a tokenizer of words would leave (`clean_up_tokenization` of the reference). */
export function cleanUpSpaces(text: string): string {
  return CLEAN_UPS.reduce((cleaned, [found, replacement]) => cleaned.replaceAll(found, replacement), text);
}

const CLEAN_UPS = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;
