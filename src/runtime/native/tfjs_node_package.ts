import { nodeBuiltin } from '../../files/node_builtins';

/** The package that binds TensorFlow to tfjs. */
export const TFJS_NODE = '@tensorflow/tfjs-node-gpu';

/** An installed {@link TFJS_NODE}. */
export interface TfjsNodePackage {
  readonly version: string;
  /** Its folder, links resolved. */
  readonly folder: string;
  /** Version of N-API it is built for and looks for its addon under. */
  readonly napiVersion: number;
  /** Where it looks for its addon. */
  readonly addon: string;
}

/**
 * The copy of {@link TFJS_NODE} that this package imports; undefined when there is none.
 *
 * Nothing of it is loaded.
 */
export function findTfjsNode(): TfjsNodePackage | undefined {
  // The build for `import` puts import.meta.url in the place of __filename, which exists in CommonJS alone.
  const resolve = nodeBuiltin('node:module').createRequire(__filename).resolve;
  const path = nodeBuiltin('node:path');
  let manifest: string;
  try {
    manifest = resolve(`${TFJS_NODE}/package.json`);
  } catch {
    return undefined;
  }
  const { version, binary } = JSON.parse(nodeBuiltin('node:fs').readFileSync(manifest, 'utf8')) as {
    version: string;
    binary: { module_name: string; module_path: string; napi_versions: number[] };
  };
  const folder = path.dirname(manifest);
  const napiVersion = Math.max(...binary.napi_versions.filter((known) => known <= Number(process.versions.napi)));
  const modules = binary.module_path.replace('{napi_build_version}', String(napiVersion));
  return { version, folder, napiVersion, addon: path.join(folder, modules, `${binary.module_name}.node`) };
}
