/** Characters whose decomposition is younger than the tables of Hugging Face's Rust library. */
const TOO_YOUNG =
  /[\u32ff\ua7f1-\ua7f4\uab69\u{105c9}\u{105e4}\u{10781}-\u{107ba}\u{11383}\u{11385}\u{1138e}\u{11391}\u{113c5}\u{113c7}\u{113c8}\u{11938}\u{16121}-\u{16128}\u{16d68}-\u{16d6a}\u{1ccd6}-\u{1ccf9}\u{1e030}-\u{1e06d}\u{1f16c}\u{1fbf0}-\u{1fbf9}]/u;

/** Whether a text holds a character that the Rust library neither decomposes nor composes. */
export function isTooYoung(text: string): boolean {
  return TOO_YOUNG.test(text);
}
