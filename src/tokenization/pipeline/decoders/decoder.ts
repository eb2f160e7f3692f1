/** Makes text of tokens; the texts that come out, joined, are the decoded text. */
export interface Decoder {
  decode(tokens: readonly string[]): readonly string[];
}
