import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { objectsOf, textOf } from '../issues.ts';

/** Version that the seed of 2025-05 gave to rows without one. */
const SEED_VERSION = '0.0.1-seed';
const REGISTRY_TYPES: Readonly<Record<string, string>> = { npm: 'npm', pypi: 'pypi', docker: 'oci' };

/**
 * Brings a row of the 2025-05 seed into the current model (registry-api.md, section 14). Members that only need
 * another spelling are left for `upgrade.ts`.
 *
 * @param notes - takes what was left out.
 */
export function fromSeedEra(row: JsonObject, notes: string[]): JsonObject {
  const detail = isObject(row.version_detail) ? row.version_detail : {};
  const packages = objectsOf(row.packages).flatMap((pkg) => seedPackage(pkg, notes));
  const remotes = objectsOf(row.remotes).map((remote) => seedRemote(remote, notes));
  return {
    name: row.name,
    description: row.description,
    version: textOf(detail.version) || SEED_VERSION,
    ...(isObject(row.repository) ? { repository: row.repository } : {}),
    ...(packages.length > 0 ? { packages } : {}),
    ...(remotes.length > 0 ? { remotes } : {}),
  };
}

function seedPackage(pkg: JsonObject, notes: string[]): JsonObject[] {
  const from = textOf(pkg.registry_name);
  const registryType = Object.hasOwn(REGISTRY_TYPES, from) ? REGISTRY_TYPES[from] : undefined;
  const { registry_name: _, name, version, ...rest } = pkg;
  const identifier = textOf(name);
  if (registryType === undefined || identifier === '') {
    notes.push(`a package of the registry '${from}' was left out`);
    return [];
  }
  const inputs: JsonObject = Object.fromEntries(
    ['runtime_arguments', 'package_arguments', 'environment_variables'].flatMap((key): [string, JsonValue][] =>
      Array.isArray(rest[key]) ? [[key, rest[key].map(seedInput)]] : [],
    ),
  );
  const tag = textOf(version);
  const source: JsonObject =
    registryType === 'oci'
      ? { registryType, identifier: imageReference(identifier, tag) }
      : { registryType, identifier, ...(tag === '' ? {} : { version: tag }) };
  return [{ ...source, ...rest, ...inputs, transport: { type: 'stdio' } }];
}

function imageReference(name: string, tag: string): string {
  const [first = ''] = name.split('/');
  const hasHost = name.includes('/') && /[.:]/.test(first);
  const reference = hasHost ? name : `docker.io/${name}`;
  const hasTag = /[:@]/.test(reference.slice(reference.lastIndexOf('/') + 1));
  return tag === '' || hasTag ? reference : `${reference}:${tag}`;
}

function seedRemote(remote: JsonObject, notes: string[]): JsonObject {
  const headers = objectsOf(remote.headers).map(seedInput).filter(isObject);
  const named = headers.filter((header) => textOf(header.name) !== '');
  if (named.length < headers.length) notes.push('headers without a name were left out');
  const { headers: _, ...rest } = remote;
  return { ...rest, ...(named.length > 0 ? { headers: named } : {}) };
}

/** `template` and `properties` were the names of a value with variables. */
function seedInput(input: JsonValue): JsonValue {
  if (!isObject(input)) return input;
  const { template, properties, ...rest } = input;
  return {
    ...rest,
    ...(typeof template === 'string' && rest.value === undefined ? { value: template } : {}),
    ...(isObject(properties) && rest.variables === undefined ? { variables: properties } : {}),
  };
}
