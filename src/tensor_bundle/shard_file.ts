/** The name of one data file of a checkpoint: `<prefix>.data-00000-of-00001`. */
export function shardFile(prefix: string, shard: number, count: number): string {
  const digits = (value: number) => String(value).padStart(5, '0');
  return `${prefix}.data-${digits(shard)}-of-${digits(count)}`;
}
