import { z } from 'zod';
import { declaredServerSchema, textList } from './declared-schema.ts';
import { ownershipSchema, packageRegistriesSchema } from './package-registries.ts';
import { caFiles, publishingSettings } from './publishing-schema.ts';

const DAY_MS = 24 * 3600 * 1000;

/** A whole number within bounds. */
function whole(min: number, max: number, fallback: number, description: string) {
  return z.int().min(min).max(max).default(fallback).describe(description);
}

/** A yes or no. */
function flag(fallback: boolean, description: string) {
  return z.boolean().default(fallback).describe(description);
}

const PERMISSION_HELP =
  'action:pattern with one of the actions read, publish, edit, call, deploy, review (a * may stand at the end of the pattern), or admin';

/** A static token. Its `permissions` grammar is `auth/permissions.ts`; here only its shape is checked. */
const tokenSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
      'letters, digits and . _ @ -, at most 64, beginning with a letter or digit',
    )
    .describe('Who holds it; for logs and the audit trail. Letters, digits and . _ @ -'),
  token: z
    .string()
    .min(1)
    .max(4096)
    .regex(/^\S+$/, 'a text without blanks')
    .describe('The bearer token. Better not written here: take it from the environment or a file.'),
  permissions: z
    .array(
      z
        .string()
        .regex(
          /^(\*|admin(:\*)?|(read|publish|edit|call|deploy|review):([\x21-\x29\x2b-\x7e]+\*?|\*))$/,
          PERMISSION_HELP,
        ),
    )
    .min(1)
    .max(200)
    .describe(
      'What the holder may do: `action:pattern`, for example `publish:com.example/*`, or `admin`. Actions: read, publish, edit, call, deploy, review, admin.',
    ),
});

/**
 * Every setting of the hub with its default and its description. `docs/reference/configuration.md` is made from it,
 * and so are the names of the environment variables.
 */
export const configSchema = z.strictObject({
  dataDir: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder for what the hub keeps: its key, the local token, installed packages, the default database. Default: the folder of the SQLite file, else `.mcp-hub` in the working directory.',
    ),
  hub: z
    .strictObject({
      name: z
        .string()
        .min(1)
        .max(100)
        .default('MCP Hub Registry')
        .describe('Name of this hub, shown on its page and to clients.'),
      description: z
        .string()
        .max(500)
        .default('A registry and gateway for MCP servers.')
        .describe('One sentence about this hub, shown on its page and to clients.'),
      publicUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('Address under which clients reach the hub, when it is not the one it listens on (a proxy, TLS).'),
    })
    .prefault({})
    .describe('How the hub presents itself.'),
  api: z
    .strictObject({
      host: z
        .string()
        .min(1)
        .max(255)
        .default('127.0.0.1')
        .describe('Address to listen on. Another than loopback needs `auth.required` or `api.allowUnauthenticated`.'),
      port: whole(0, 65_535, 8080, 'Port to listen on; 0 takes any free one.'),
      allowedHosts: textList(
        'Names accepted in the `Host` header besides loopback names and the name of `hub.publicUrl`. Stops DNS rebinding.',
      ),
      allowedOrigins: z
        .array(
          z
            .string()
            .regex(/^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/i, 'an origin such as https://app.example.com, without a path'),
        )
        .default([])
        .describe('Origins of web pages that may call the hub, such as `https://app.example.com`, besides its own.'),
      allowUnauthenticated: flag(
        false,
        'Listen on an address other than loopback without `auth.required`: everybody who reaches the port may do everything.',
      ),
      rateLimit: z
        .strictObject({
          perMinute: z
            .int()
            .min(0)
            .max(1_000_000)
            .optional()
            .describe(
              'Requests that one address may send in a minute, MCP endpoints not counted; 0: as many as it likes. Default: 600, and 0 when the hub listens on loopback. Behind a proxy all clients have one address: limit them there.',
            ),
          burst: whole(1, 1_000_000, 300, 'Requests that one address may send at once.'),
        })
        .prefault({})
        .describe('How often one client may ask.'),
      drainTimeoutMs: whole(0, DAY_MS, 10_000, 'How long a stop waits for requests in flight, in milliseconds.'),
    })
    .prefault({})
    .describe('The HTTP server.'),
  database: z
    .strictObject({
      type: z
        .enum(['memory', 'sqlite', 'postgres', 'mongodb'])
        .optional()
        .describe('How the hub keeps its data. Default: by the beginning of `database.url`, else `sqlite`.'),
      url: z
        .string()
        .min(1)
        .max(2000)
        .optional()
        .describe(
          'Where: `file:./hub.db`, `postgres://user@host/name`, `mongodb://host/name`. Default: `hub.db` in the data folder.',
        ),
      name: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,63}$/, 'letters, digits, _ and -, at most 63')
        .optional()
        .describe('Name of the database, where `database.url` names none.'),
    })
    .prefault({})
    .describe('Where the data is kept.'),
  auth: z
    .strictObject({
      required: flag(false, 'Every MCP endpoint, every write and the hub’s own API need a token.'),
      tokens: z.array(tokenSchema).max(1000).default([]).describe('Static bearer tokens.'),
      ...publishingSettings,
    })
    .prefault({})
    .describe('Who may do what.'),
  loader: z
    .strictObject({
      concurrency: whole(1, 256, 8, 'How many servers are loaded at once.'),
      timeoutMs: whole(100, DAY_MS, 30_000, 'How long one server may take to load, in milliseconds.'),
      retry: z
        .strictObject({
          attempts: whole(0, 1000, 3, 'How often a failed load is tried again.'),
          delayMs: whole(0, DAY_MS, 2_000, 'Wait before the first retry, in milliseconds.'),
          factor: z.number().min(1).max(10).default(2).describe('Each next wait is so many times longer.'),
          maxDelayMs: whole(0, DAY_MS, 60_000, 'Longest wait between two retries, in milliseconds.'),
        })
        .prefault({})
        .describe('Retries of a failed load.'),
      callTimeoutMs: whole(100, DAY_MS, 60_000, 'How long one call to a server may take, in milliseconds.'),
      healthIntervalMs: whole(100, DAY_MS, 30_000, 'Time between two health probes of a server, in milliseconds.'),
      cacheDir: z
        .string()
        .min(1)
        .optional()
        .describe('Folder for installed packages. Default: `cache` in the data folder.'),
      plugins: textList('Paths of modules whose default export is a loader.'),
    })
    .prefault({})
    .describe('How servers are loaded.'),
  registry: z
    .strictObject({
      maxDescriptionLength: whole(
        1,
        10_000,
        100,
        'Longest description of a server entry, in characters. The official registry allows 100.',
      ),
      allowInsecureRemotes: flag(false, 'Accept entries whose remotes have `http:` or localhost addresses.'),
      ownership: ownershipSchema,
      packageRegistries: packageRegistriesSchema,
    })
    .prefault({})
    .describe('Rules of the catalogue.'),
  net: z
    .strictObject({
      allow: textList(
        'Hosts and networks that addresses of others (API, entries, documents) may name although they are not public: `api.internal`, `*.internal`, `10.0.0.0/8`.',
      ),
      ca: caFiles,
    })
    .prefault({})
    .describe('Outgoing requests.'),
  seed: z
    .strictObject({
      importOnStartup: flag(true, 'Import the seed at the first start.'),
      builtIn: flag(true, 'The seed includes the entries that come with the hub.'),
      files: textList('Files or URLs to import at the first start; the formats are those of `mcp-hub import`.'),
    })
    .prefault({})
    .describe('What is in the catalogue at the first start.'),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .describe('Least important message that is logged (JSON lines on stderr).'),
    })
    .prefault({})
    .describe('The log.'),
  servers: z
    .array(declaredServerSchema)
    .max(2000)
    .default([])
    .describe('Deployments declared in this file: read-only over the API, served at `/servers/{slug}/mcp`.'),
  mcpServers: z
    .record(z.string().min(1).max(200), z.looseObject({}))
    .default({})
    .describe(
      'The shape of MCP clients’ own configuration files, taken as it is: `command` with `args`, `env`, `cwd`, or `url` with `headers`; `type`, `disabled`.',
    ),
});

/** What a configuration may say. */
export type ConfigInput = z.input<typeof configSchema>;
/** The same with all defaults. */
export type ParsedConfig = z.output<typeof configSchema>;
