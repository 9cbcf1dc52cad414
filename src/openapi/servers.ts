import type { JsonValue } from '../base/json.ts';
import { entriesField, field, listField, textField, textsField } from './fields.ts';

const MAX_SERVERS = 100;

/** The URLs of a `servers` list with every variable filled in: its default, else the first of its `enum`. */
export function readServers(node: JsonValue | undefined): string[] {
  const urls: string[] = [];
  for (const server of listField(node, 'servers').slice(0, MAX_SERVERS)) {
    const url = textField(server, 'url');
    if (url !== undefined) urls.push(fillVariables(url, server));
  }
  return urls;
}

function fillVariables(url: string, server: JsonValue): string {
  const variables = new Map(entriesField(server, 'variables'));
  return url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = variables.get(name);
    const fallback = field(variable, 'default');
    if (typeof fallback === 'string' || typeof fallback === 'number') return String(fallback);
    return textsField(variable, 'enum')[0] ?? whole;
  });
}

/** The base URLs of Swagger 2.0 (`schemes`, `host`, `basePath`), https first. Without a host they are relative. */
export function readSwaggerServers(root: JsonValue): string[] {
  const host = textField(root, 'host');
  const basePath = `/${textField(root, 'basePath') ?? ''}`.replace(/^\/+/, '/');
  if (host === undefined || host === '') return [basePath];
  const schemes = textsField(root, 'schemes').filter((scheme) => scheme === 'https' || scheme === 'http');
  if (schemes.length === 0) return [`//${host}${basePath}`];
  return schemes.sort((a, b) => b.length - a.length).map((scheme) => `${scheme}://${host}${basePath}`);
}

/**
 * Makes a document's server URL absolute.
 *
 * @param documentUrl where the document came from; relative URLs are relative to it (OpenAPI 3.2, section 4.5.3).
 * @returns undefined when it is relative and there is nothing to be relative to, or is no http(s) URL.
 */
export function resolveServer(server: string, documentUrl: string | undefined): string | undefined {
  // A URL without a scheme takes the document's; for a document from a file the safe one.
  const text = server.startsWith('//') && documentUrl === undefined ? `https:${server}` : server;
  try {
    const url = new URL(text, documentUrl);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
