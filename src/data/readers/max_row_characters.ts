/**
 * Longest row of a data file, in UTF-16 code units: more than any text that a model of hundreds of tokens learns from,
 * so that a file of another kind is refused before it fills the memory.
 */
export const MAX_ROW_CHARACTERS = 1 << 24;
