import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Header = Record<string, { data_offsets?: [number, number] }>;

/** How a checkpoint is changed by {@link savePartOf}. */
interface Changes {
  /** Tensors left out. */
  readonly leaveOut?: readonly string[];
  /** New names of tensors. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Tensors that are there once more, by the new name. */
  readonly copies?: Readonly<Record<string, string>>;
  /** Fields of config.json; undefined removes one. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Copies a safetensors checkpoint with other names and another configuration, as careless hands make them. */
export async function savePartOf(
  source: string,
  target: string,
  { leaveOut = [], rename = {}, copies = {}, config = {} }: Changes,
): Promise<void> {
  const file = await readFile(join(source, 'model.safetensors'));
  const size = Number(file.readBigUInt64LE(0));
  const { __metadata__, ...tensors }: Header = JSON.parse(file.toString('utf8', 8, 8 + size));
  const header: Header = {};
  const values: Buffer[] = [];
  let position = 0;
  const kept = Object.keys(tensors).filter((name) => !leaveOut.includes(name));
  const names = [...kept.map((name) => [rename[name] ?? name, name] as const), ...Object.entries(copies)];
  for (const [name, original] of names) {
    const info = tensors[original]!;
    const bytes = file.subarray(...(info.data_offsets!.map((offset) => 8 + size + offset) as [number, number]));
    header[name] = { ...info, data_offsets: [position, position + bytes.length] };
    values.push(bytes);
    position += bytes.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'model.safetensors'), Buffer.concat([length, json, ...values]));
  const fields = JSON.parse(await readFile(join(source, 'config.json'), 'utf8'));
  await writeFile(join(target, 'config.json'), JSON.stringify({ ...fields, ...config }));
}
