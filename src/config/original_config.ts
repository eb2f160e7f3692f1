/** Which of the two models that replaced token detection trains together. */
export type OriginalRole = 'discriminator' | 'generator';

/**
 * The configuration of one model in a file of microsoft/DeBERTa, as `DebertaV2Config.fromJSON` takes it.
 *
 * Files of replaced token detection (`rtd_base.json`) describe both models, each in a section; what stands outside of
 * the sections holds for both. Any other configuration comes back as it is.
 *
 * @param json the parsed file.
 * @param role whose section to take.
 *
 * @example
 * originalConfig({ vocab_size: 50, discriminator: { hidden_size: 8 }, generator: { hidden_size: 4 } }, 'generator');
 * // { vocab_size: 50, hidden_size: 4 }
 */
export function originalConfig(json: unknown, role: OriginalRole): unknown {
  if (!isObject(json)) return json;
  const { discriminator, generator, ...common } = json;
  const section = role === 'generator' ? generator : discriminator;
  return isObject(section) ? { ...common, ...section } : json;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
