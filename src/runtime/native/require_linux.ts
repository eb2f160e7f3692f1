import { BackendError } from '../../errors';

/**
 * Sees that TensorFlow's wheels run on this system.
 *
 * @throws {BackendError} elsewhere than on Linux with the GNU C library, on x64 or arm64.
 */
export function requireLinux(): void {
  const { platform, arch } = process;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw unsupported(`this is ${platform} on ${arch}`);
  }
  if (glibcVersion() === undefined) throw unsupported('this Linux has another C library, as Alpine has musl');
}

/** Undefined where Node was built against another C library. */
function glibcVersion(): string | undefined {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}

function unsupported(what: string): BackendError {
  return new BackendError(
    `The platform is unsupported: native TensorFlow must run on Linux with glibc on x64 or arm64, and ${what}; use the backend wasm here.`,
    { path: 'tensorflow', received: `${process.platform}-${process.arch}` },
  );
}
