import { BackendError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';

/**
 * The folder of `node_api.h`: beside this Node, else that of npm's setting `nodedir`, else the system's.
 *
 * @throws {BackendError} when it is in none of them.
 */
export function findNodeHeaders(): string {
  const { existsSync, realpathSync } = nodeBuiltin('node:fs');
  const path = nodeBuiltin('node:path');
  const prefix = path.dirname(path.dirname(realpathSync(process.execPath)));
  const { npm_config_nodedir } = process.env;
  const folders = [
    path.join(prefix, 'include', 'node'),
    ...(npm_config_nodedir ? [path.join(npm_config_nodedir, 'include', 'node'), npm_config_nodedir] : []),
    '/usr/include/node',
  ];
  const found = folders.find((folder) => existsSync(path.join(folder, 'node_api.h')));
  if (found !== undefined) return found;
  throw new BackendError(
    `Node's headers must be there to build the addon, and node_api.h is in none of ${folders.join(', ')}; install them (on Debian: apt-get install libnode-dev), or name the folder of a whole Node by npm_config_nodedir.`,
    { path: 'node_api.h', expected: folders },
  );
}
