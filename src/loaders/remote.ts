import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Trust } from '../net/net.ts';
import { connectRemote, type RemoteTransport } from '../upstream/remote.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { createInputReader, objectsIn, ownValue } from './inputs.ts';
import type { LoadContext, ServerLoader } from './loader.ts';
import { isSelected } from './selection.ts';
import { CONNECT_TIMEOUT_MS } from './timeouts.ts';

interface RemotePlan {
  url: string;
  /** Whose word the host of the URL is. */
  trust: Trust;
  transport: RemoteTransport;
  headers: Record<string, string>;
}

/** Loads a server that runs elsewhere: a URL, spoken to over Streamable HTTP or the old HTTP+SSE pair. */
export const remoteLoader: ServerLoader = {
  kind: 'remote',
  accepts: (document, deployment) =>
    isSelected('remote', document, deployment, (entry) => objectsIn(entry.remotes).length > 0),
  load,
};

async function load(context: LoadContext): Promise<Upstream> {
  const plan = await planRemote(context);
  context.progress(`connecting to ${withoutQuery(plan.url)}`, 'starting');
  return connectRemote({
    ...plan,
    net: context.net,
    output: context.output,
    timeoutMs: CONNECT_TIMEOUT_MS,
    signal: context.signal,
  });
}

/**
 * Works out where to connect and with which headers: the settings' `remote` block, else the entry's first remote over
 * Streamable HTTP, else its first one. Values for its headers and URL variables come from the settings.
 *
 * @throws HubError `deployment.needs_input`, `deployment.invalid`, `loader.unsupported`, `secret.not_found`
 */
export async function planRemote(
  context: Pick<LoadContext, 'deployment' | 'document' | 'resolve' | 'trust'>,
): Promise<RemotePlan> {
  const { settings } = context.deployment;
  const reader = createInputReader(settings, context.resolve);
  if (settings.remote !== undefined) {
    const { url, transport = 'auto', headers = {} } = settings.remote;
    return {
      url: await context.resolve(url),
      trust: context.trust,
      transport,
      headers: await resolveAll({ ...settings.headers, ...headers }, context.resolve),
    };
  }
  const remote = chooseRemote(context.document.remotes);
  if (remote === undefined || typeof remote.url !== 'string') {
    throw new HubError('loader.unsupported', `The entry of "${context.document.name}" names no remote with a URL.`);
  }
  const url = await reader.expand(remote.url, remote.variables, true);
  const headers: Record<string, string> = {};
  for (const input of objectsIn(remote.headers)) {
    if (typeof input.name !== 'string' || input.name === '') continue;
    const { name } = input;
    const given = givenHeader(settings.headers, name) ?? ownValue(settings.variables, name);
    const value = await reader.read(input, { kind: 'header', name, given });
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  reader.finish();
  const given = await resolveAll(settings.headers ?? {}, context.resolve);
  for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] ??= value;
  const trust = isHostGiven(remote.url, settings.variables) ? context.trust : 'public';
  return { url: url ?? '', trust, transport: remote.type === 'sse' ? 'sse' : 'auto', headers };
}

/** An entry's URL is its publisher's word, unless whoever deploys names the whole host. A part would not do. */
function isHostGiven(template: string, variables: Readonly<Record<string, string>> | undefined): boolean {
  const name = /^(?:[^/?#]*:\/\/)?\{([^{}]+)\}(?::[^/?#]*)?(?:[/?#]|$)/.exec(template)?.[1];
  return name !== undefined && ownValue(variables, name) !== undefined;
}

function chooseRemote(remotes: JsonObject[] | undefined): JsonObject | undefined {
  const list = objectsIn(remotes);
  return list.find((remote) => remote.type === 'streamable-http') ?? list[0];
}

/** Header names are compared without regard to case. */
function givenHeader(headers: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  const found = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}

async function resolveAll(
  values: Readonly<Record<string, string>>,
  resolve: (text: string) => Promise<string>,
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) resolved[name] = await resolve(value);
  return resolved;
}

/** A query may hold a key, so it is not shown. */
function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}
