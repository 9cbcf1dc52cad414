import path from 'node:path';
import type { Principal } from './principal.ts';
import { readOrCreatePrivateFile, readPrivateFile } from './private-file.ts';
import { newTokenText, type PresetToken } from './tokens.ts';

/** Who holds the local token: somebody who may read the hub's data folder, and so may do everything anyway. */
const LOCAL_ADMIN: Principal = {
  id: 'local:admin',
  name: 'local admin',
  kind: 'local',
  permissions: [{ action: 'admin', pattern: '*' }],
};

/** The bearer token in `<dir>/admin.token` (mode 0600), made at the first start, with its principal. */
export async function loadLocalAdmin(dir: string): Promise<PresetToken> {
  const token = await readOrCreatePrivateFile(tokenFile(dir), newTokenText);
  return { token, principal: LOCAL_ADMIN };
}

/** The same token for a reader (the CLI on the same machine), or undefined when there is none or it is not readable. */
export async function readLocalAdminToken(dir: string): Promise<string | undefined> {
  try {
    const token = await readPrivateFile(tokenFile(dir));
    return token === '' ? undefined : token;
  } catch {
    return undefined;
  }
}

function tokenFile(dir: string): string {
  return path.join(dir, 'admin.token');
}
