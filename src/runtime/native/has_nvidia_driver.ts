import { nodeBuiltin } from '../../files/node_builtins';
import { systemLibraries } from './system_libraries';

/** What the driver makes, on Linux and in WSL. */
const DEVICES = ['/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg'];

/**
 * Whether an NVIDIA GPU can be used here: its driver's library is there, and so is a device.
 *
 * A container sees `/proc/driver/nvidia` of a host whose GPU it has not been given, and `nvidia-smi` may be left out;
 * TensorFlow itself needs just these two.
 */
export async function hasNvidiaDriver(): Promise<boolean> {
  const { existsSync } = nodeBuiltin('node:fs');
  if (!DEVICES.some((device) => existsSync(device))) return false;
  return (await systemLibraries(/^libcuda\.so\.1$/)).length > 0;
}
