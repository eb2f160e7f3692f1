/** The part of sentencepiece-js 1.1 (which has no types of its own) that this package uses. */
declare module 'sentencepiece-js' {
  export class SentencePieceProcessor {
    /** Reads a model from a path; resolves whatever the file holds. */
    load(path: string): Promise<void>;
    encodePieces(text: string): string[];
  }
}
