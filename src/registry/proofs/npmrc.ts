import { basicOf } from './source.ts';

/**
 * Reads the `key = value` lines of an `.npmrc`, and of what `npm config get` writes. `${NAME}` stands for a variable of
 * `env`; a line whose variable is not set is left out.
 */
export function parseNpmrc(text: string, env: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, quoted] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || quoted === undefined) continue;
    let isComplete = true;
    const value = quoted.replace(/^"(.*)"$/, '$1').replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      const found = env[name];
      if (found === undefined) isComplete = false;
      return found ?? '';
    });
    if (isComplete && value !== '') values.set(key, value);
  }
  return values;
}

/** The registry that the scope of a package has for itself. */
export function scopeRegistry(files: readonly ReadonlyMap<string, string>[], packageName: string): string | undefined {
  const [scope, name] = packageName.split('/');
  if (name === undefined || !scope?.startsWith('@')) return undefined;
  const url = settingOf(files, `${scope}:registry`);
  return url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url) ? url : undefined;
}

/** The `authorization` that the `.npmrc` files give for a registry: the longest path that leads to it wins. */
export function npmrcAuthorization(
  files: readonly ReadonlyMap<string, string>[],
  registry: string,
): string | undefined {
  const { host, pathname } = new URL(registry);
  const parts = pathname.split('/').filter((part) => part !== '');
  for (let count = parts.length; count >= 0; count--) {
    const path = parts
      .slice(0, count)
      .map((part) => `${part}/`)
      .join('');
    for (const place of [`//${host}/${path}`, `//${host}/${path}`.replace(/\/$/, '')]) {
      const token = settingOf(files, `${place}:_authToken`);
      if (token !== undefined) return `Bearer ${token}`;
      const basic = settingOf(files, `${place}:_auth`);
      if (basic !== undefined) return `Basic ${basic}`;
      const password = settingOf(files, `${place}:_password`);
      const username = settingOf(files, `${place}:username`);
      if (password !== undefined) return basicOf(username, Buffer.from(password, 'base64').toString('utf8'));
    }
  }
  return undefined;
}

function settingOf(files: readonly ReadonlyMap<string, string>[], key: string): string | undefined {
  return files.map((file) => file.get(key)).find((value) => value !== undefined);
}
