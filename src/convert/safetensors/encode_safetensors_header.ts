import type { SAFETENSORS_TYPES } from './safetensors_header';

/** A tensor that is to follow in a safetensors file. */
export interface SafetensorsTensor {
  readonly name: string;
  /** As the format spells it. */
  readonly dtype: keyof typeof SAFETENSORS_TYPES;
  readonly shape: readonly number[];
  /** Its length in the file. */
  readonly bytes: number;
}

/**
 * The beginning of a safetensors file: the length of the header and the header, padded so that the numbers start at a
 * multiple of eight.
 *
 * @param tensors in the order in which their numbers follow.
 * @see https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensorsHeader(tensors: readonly SafetensorsTensor[]): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let position = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [position, position + bytes] };
    position += bytes;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.byteLength / 8) * 8;
  const encoded = new Uint8Array(8 + length).fill(' '.charCodeAt(0));
  new DataView(encoded.buffer).setBigUint64(0, BigInt(length), true);
  encoded.set(json, 8);
  return encoded;
}
