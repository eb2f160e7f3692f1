import type { Decoder } from './decoder';

/** Rust reads a sign in front of a digit, too. */
const BYTE_PIECE = /^<0x([0-9a-fA-F]{2}|\+[0-9a-fA-F])>$/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Makes text of runs of `<0xNN>` tokens; of a run that is no UTF-8, a U+FFFD for each token. */
export class ByteFallbackDecoder implements Decoder {
  decode(tokens: readonly string[]): readonly string[] {
    const texts: string[] = [];
    let bytes: number[] = [];
    const endRun = () => {
      for (const text of decodeBytes(bytes)) texts.push(text);
      bytes = [];
    };
    for (const token of tokens) {
      const digits = BYTE_PIECE.exec(token)?.[1];
      if (digits !== undefined) bytes.push(Number.parseInt(digits, 16));
      else {
        endRun();
        texts.push(token);
      }
    }
    endRun();
    return texts;
  }
}

function decodeBytes(bytes: readonly number[]): string[] {
  if (bytes.length === 0) return [];
  try {
    return [utf8.decode(Uint8Array.from(bytes))];
  } catch {
    return bytes.map(() => '\ufffd');
  }
}
