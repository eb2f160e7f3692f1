/**
 * The attributes of a way through Python's objects, as the keys of checkpoints spell it.
 *
 * @example
 * attributesOf('encoder/rel_embeddings..weight'); // ['encoder', 'rel_embeddings.weight']
 */
export function attributesOf(way: string): string[] {
  return way.split('/').map((attribute) => attribute.replaceAll('..', '.'));
}
