import { isObject, type JsonObject } from '../base/json.ts';
import { objectsOf, type Report, type RuleOptions, textOf } from './issues.ts';
import { parseUrlReference } from './url-reference.ts';

const VARIABLE = /\{([^{}]*)\}/g;
/** What well-known variables stand for when a template is checked (registry-api.md, section 7.6). */
const SAMPLES: Readonly<Record<string, string>> = {
  host: 'example.com',
  port: '8080',
  path: 'api',
  protocol: 'http',
  scheme: 'http',
};

/** The semantic rules of one package, besides its version (registry-api.md, sections 7.4, 7.5, 7.7). */
export function checkPackage(pkg: JsonObject, path: string, report: Report): void {
  const identifier = textOf(pkg.identifier);
  if (identifier.includes(' ')) {
    report(
      `${path}.identifier`,
      'package-name-has-spaces',
      `The package identifier '${identifier}' must hold no spaces.`,
    );
  }
  for (const list of ['runtimeArguments', 'packageArguments']) {
    for (const [i, argument] of objectsOf(pkg[list]).entries()) {
      if (argument.type === 'named') checkNamedArgument(argument, `${path}.${list}[${i}]`, report);
    }
  }
  if (isObject(pkg.transport)) checkTransport(pkg.transport, variablesOf(pkg), `${path}.transport`, report);
}

/** Everything that the URL of a package's transport may name. */
function variablesOf(pkg: JsonObject): Set<string> {
  const names = new Set<string>();
  for (const variable of objectsOf(pkg.environmentVariables)) names.add(textOf(variable.name));
  for (const argument of [...objectsOf(pkg.runtimeArguments), ...objectsOf(pkg.packageArguments)]) {
    names.add(textOf(argument.name));
    names.add(textOf(argument.valueHint));
  }
  names.delete('');
  return names;
}

function checkNamedArgument(argument: JsonObject, path: string, report: Report): void {
  const name = textOf(argument.name);
  if (name === '') {
    report(`${path}.name`, 'named-argument-name-required', 'A named argument needs a name such as --port.');
    return;
  }
  if (/[<> $]/.test(name)) {
    report(
      `${path}.name`,
      'invalid-named-argument-name',
      `The argument name '${name}' must be the flag alone, without spaces, '<', '>' or '$'.`,
    );
  }
  for (const key of ['value', 'default']) {
    const value = textOf(argument[key]);
    if (!value.startsWith(name)) continue;
    report(
      `${path}.${key}`,
      `argument-${key}-starts-with-name`,
      `The ${key} '${value}' must not begin with the argument's name '${name}'; clients put the name in front.`,
    );
  }
}

function checkTransport(transport: JsonObject, names: Set<string>, path: string, report: Report): void {
  const type = textOf(transport.type);
  const url = textOf(transport.url);
  if (type === 'stdio') {
    if (url !== '') report(`${path}.url`, 'stdio-transport-url-not-empty', 'A stdio transport has no url.');
  } else if (type !== 'streamable-http' && type !== 'sse') {
    report(
      `${path}.type`,
      'unsupported-transport-type',
      `The transport type '${type}' must be stdio, streamable-http or sse.`,
    );
  } else if (url === '') {
    report(`${path}.url`, 'streamable-transport-url-required', `A ${type} transport needs a url.`);
  } else {
    const problem = checkPackageTransportUrl(url, names);
    if (problem) report(`${path}.url`, 'invalid-templated-url', problem);
  }
}

/**
 * Checks the URL of a package's transport: http or https, and every `{variable}` is a name of the same package.
 *
 * @returns what is wrong, or undefined.
 */
export function checkPackageTransportUrl(url: string, names: ReadonlySet<string>): string | undefined {
  const unknown = unknownVariables(url, names);
  if (unknown.length > 0) {
    return `The url '${url}' names ${quote(unknown)}, which ${unknown.length > 1 ? 'are' : 'is'} no environment variable, argument name or valueHint of this package.`;
  }
  return checkTemplate(url);
}

/** The semantic rules of one remote (registry-api.md, section 7.6). */
export function checkRemote(remote: JsonObject, path: string, options: RuleOptions, report: Report): void {
  const type = textOf(remote.type);
  const url = textOf(remote.url);
  if (type !== 'streamable-http' && type !== 'sse') {
    report(
      `${path}.type`,
      'unsupported-remote-transport-type',
      `The transport type '${type}' of a remote must be streamable-http or sse.`,
    );
    return;
  }
  if (url === '') {
    report(`${path}.url`, 'remote-transport-url-required', 'A remote needs a url.');
    return;
  }
  const names = new Set(isObject(remote.variables) ? Object.keys(remote.variables) : []);
  const unknown = unknownVariables(url, names);
  if (unknown.length > 0) {
    const problem = `The url '${url}' names ${quote(unknown)}, which the remote's variables do not declare.`;
    report(`${path}.url`, 'invalid-templated-url', problem);
    return;
  }
  const problem = checkRemoteUrl(url, options);
  if (problem) report(`${path}.url`, 'invalid-remote-url', problem);
}

/**
 * Checks the URL of a remote, variables aside: https and no loopback host, unless that is relaxed.
 *
 * @returns what is wrong, or undefined.
 */
export function checkRemoteUrl(url: string, options: RuleOptions): string | undefined {
  const problem = checkTemplate(url);
  if (problem || options.allowInsecureRemotes) return problem;
  const parsed = parseUrlReference(fillTemplate(url));
  if (typeof parsed === 'string') return `The url '${url}' is not a URL: ${parsed}.`;
  if (parsed.scheme !== 'https') return `The url '${url}' of a remote must use https.`;
  const host = parsed.hostname;
  if (host === 'localhost' || host === '127.0.0.1' || host.endsWith('.localhost')) {
    return `The url '${url}' of a remote must not name this machine.`;
  }
  return undefined;
}

function checkTemplate(url: string): string | undefined {
  const parsed = parseUrlReference(fillTemplate(url));
  if (typeof parsed === 'string') return `The url '${url}' is not a URL: ${parsed}.`;
  if (parsed.scheme !== 'http' && parsed.scheme !== 'https') {
    return `The url '${url}' must begin with http:// or https://.`;
  }
  return parsed.hostname === '' ? `The url '${url}' names no host.` : undefined;
}

/** A template with every variable replaced by a sample, so that it can be read as a URL. */
function fillTemplate(url: string): string {
  return url.replace(VARIABLE, (whole, name: string, at: number) => {
    const sample = Object.hasOwn(SAMPLES, name) ? SAMPLES[name] : undefined;
    if (sample !== undefined) return sample;
    const next = url[at + whole.length];
    const isPort = url[at - 1] === ':' && (next === undefined || next === '/');
    return isPort ? '8080' : 'placeholder';
  });
}

function unknownVariables(url: string, names: ReadonlySet<string>): string[] {
  return [...url.matchAll(VARIABLE)].map((match) => match[1] ?? '').filter((name) => !names.has(name));
}

function quote(names: string[]): string {
  return names.map((name) => `{${name}}`).join(', ');
}
