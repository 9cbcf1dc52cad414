import { HubError } from '../../base/errors.ts';
import type { Trust } from '../../net/net.ts';
import { runNpm } from './npm-client.ts';

const TIMEOUT_MS = 30_000;

let builtIn: Promise<string | undefined> | undefined;

/**
 * The registry that an entry names, when it is another than the one npm uses by itself. For npm's own the operator's
 * configuration decides, so that a mirror stays in use.
 *
 * @throws HubError `loader.unsupported` for a registry that is not http(s), or that somebody else than the operator
 * chose: the npm client would fetch from any address it is told.
 */
export async function foreignRegistry(
  baseUrl: unknown,
  trust: Trust,
  cwd: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (baseUrl === undefined || baseUrl === '') return undefined;
  const url = typeof baseUrl === 'string' && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new HubError('loader.unsupported', 'The registryBaseUrl of the package is not a plain http(s) URL.');
  }
  builtIn ??= builtInRegistry(cwd, signal);
  const own = await builtIn;
  if (own === undefined) builtIn = undefined;
  else if (sameUrl(own, url.href)) return undefined;
  if (trust !== 'operator') {
    throw new HubError(
      'loader.unsupported',
      `The package is to come from ${url.host}. Packages from other registries are installed only for deployments in the configuration file of the hub.`,
    );
  }
  return url.href;
}

/** The registry that npm uses without any configuration. */
async function builtInRegistry(cwd: string, signal: AbortSignal): Promise<string | undefined> {
  // Two names: npm refuses to read one file twice.
  const args = ['config', 'get', 'registry', `--userconfig=${cwd}/.no-npmrc`, `--globalconfig=${cwd}/.no-global-npmrc`];
  try {
    const { code, stdout } = await runNpm({ args, cwd, timeoutMs: TIMEOUT_MS, signal, isPlain: true });
    return code === 0 && URL.canParse(stdout.trim()) ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}

function sameUrl(a: string, b: string): boolean {
  const normal = (text: string): string => {
    const { host, pathname } = new URL(text);
    return `${host}${pathname.replace(/\/+$/, '')}`;
  };
  return normal(a) === normal(b);
}
