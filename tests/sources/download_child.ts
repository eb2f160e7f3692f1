import { resolveSource } from '../../src/sources/resolve_source';

/** Downloads the weights of the model that SOURCE names, and tells when bytes come in: a process to be killed meanwhile. */
async function main(): Promise<void> {
  const onDownload = () => void process.stdout.write('.');
  const { source } = await resolveSource(process.env.SOURCE!, { onDownload });
  await source.localPath('model.safetensors');
}

void main();
