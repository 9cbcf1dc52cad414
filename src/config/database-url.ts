import { resolveFile } from './paths.ts';
import type { StoreType } from './settings.ts';

/** Where the data is kept, after defaults. */
export interface DatabaseConfig {
  type: StoreType;
  url: string;
}

/** What a configuration says of the database. */
export interface DatabaseInput {
  type?: StoreType | undefined;
  url?: string | undefined;
  name?: string | undefined;
}

const SCHEMES: Record<StoreType, RegExp> = {
  memory: /^:memory:$/,
  sqlite: /^(?![a-z][a-z0-9+.-]*:\/\/(?!\/))/i,
  postgres: /^postgres(ql)?:\/\//i,
  mongodb: /^mongodb(\+srv)?:\/\//i,
};

const EXAMPLES: Record<StoreType, string> = {
  memory: ':memory:',
  sqlite: 'file:./hub.db',
  postgres: 'postgres://user@localhost/mcp_hub',
  mongodb: 'mongodb://localhost/mcp_hub',
};

/**
 * Decides type and address of the database; a file becomes `file:` with an absolute path.
 * Returns a text that says what is wrong when they do not go together.
 */
export function toDatabaseConfig(input: DatabaseInput, baseDir: string, dataDir: string): DatabaseConfig | string {
  const { url, name } = input;
  const type = input.type ?? (url === undefined ? 'sqlite' : typeOf(url));
  if (type === undefined)
    return `the address begins with no known scheme; allowed: ${Object.values(EXAMPLES).join(', ')}`;
  if (type === 'memory' || (type === 'sqlite' && url === ':memory:')) return { type: 'memory', url: ':memory:' };
  if (url === undefined) {
    if (type !== 'sqlite') return `is missing; for type ${type} give an address such as ${EXAMPLES[type]}`;
    return { type, url: `file:${resolveFile(dataDir, `${name ?? 'hub'}.db`)}` };
  }
  if (!SCHEMES[type].test(url) || (type === 'sqlite' && typeOf(url) !== 'sqlite')) {
    return `the address does not go with database.type ${type}; allowed: an address such as ${EXAMPLES[type]}`;
  }
  if (type === 'sqlite') {
    const file = url.replace(/^(file|sqlite):(\/\/(?=\/))?/i, '');
    return file === ''
      ? `names no file; allowed: ${EXAMPLES.sqlite}`
      : { type, url: `file:${resolveFile(baseDir, file)}` };
  }
  return { type, url: withName(url, name) };
}

function typeOf(url: string): StoreType | undefined {
  return (['memory', 'postgres', 'mongodb', 'sqlite'] as const).find((type) => SCHEMES[type].test(url));
}

/** Puts the name into an address that names no database: `mongodb://host?x=1` is `mongodb://host/name?x=1`. */
function withName(url: string, name: string | undefined): string {
  if (name === undefined) return url;
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)\/?([^?#]*)(.*)$/is.exec(url);
  return match === null || match[2] !== '' ? url : `${match[1]}/${name}${match[3]}`;
}
