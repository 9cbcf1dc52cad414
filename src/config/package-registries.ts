import { z } from 'zod';
import { textList } from './declared-schema.ts';

/** What a failed ownership proof does: nothing is looked up, the publisher is warned, or the publish is refused. */
export type OwnershipMode = 'off' | 'warn' | 'enforce';

/** The mode per type of package; `other` is for types that have no proof. */
export interface OwnershipModes {
  npm: OwnershipMode;
  pypi: OwnershipMode;
  nuget: OwnershipMode;
  cargo: OwnershipMode;
  oci: OwnershipMode;
  mcpb: OwnershipMode;
  other: OwnershipMode;
}

/** How the hub shows who it is: a bearer token, or a name and a password. */
export interface RegistryCredentials {
  token?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
}

/** One package registry. */
export interface PackageRegistry extends RegistryCredentials {
  baseUrl?: string | undefined;
  /** Other addresses under which documents may name this registry. */
  aliases: readonly string[];
}

/** A host that images or files may come from. */
export interface PackageHost extends RegistryCredentials {
  /** `host`, `host:port` or `*.suffix`. */
  host: string;
  /** Where the API of this host is, when not at `https://<host>`. */
  baseUrl?: string | undefined;
}

/** Where packages are looked up. */
export interface PackageRegistries {
  npm: PackageRegistry;
  pypi: PackageRegistry;
  nuget: PackageRegistry;
  /** `fileHosts`: hosts besides that of the base URL from which it serves READMEs. */
  cargo: PackageRegistry & { fileHosts: readonly string[] };
  oci: { defaultHost?: string | undefined; hosts: readonly PackageHost[] };
  mcpb: { hosts: readonly PackageHost[] };
}

const baseUrlSchema = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .regex(/^[^@?#\s]+$/, 'an address without user, query and fragment; credentials have settings of their own');

const credentials = {
  token: z.string().min(1).max(8192).optional().describe('Bearer token for it.'),
  username: z.string().min(1).max(500).optional().describe('User name for it, with `password`.'),
  password: z.string().max(8192).optional().describe('Password, or an access token in the place of one.'),
};

const HOST = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;

const hostSchema = z.strictObject({
  host: z
    .string()
    .max(260)
    .regex(HOST, 'a host in lower case, host:port, or *.suffix')
    .describe('Host as references name it: `images.example.com`, `images.example.com:5000`, or `*.example.com`.'),
  baseUrl: baseUrlSchema.optional().describe('Where its API is, when not at `https://` and the host.'),
  ...credentials,
});

function registryFields(what: string, from: string) {
  return {
    baseUrl: baseUrlSchema.optional().describe(`Address of ${what}. Default: ${from}.`),
    aliases: z
      .array(baseUrlSchema)
      .max(50)
      .default([])
      .describe('Other addresses that documents may write in `registryBaseUrl` and that mean this registry.'),
    ...credentials,
  };
}

function registrySchema(what: string, from: string) {
  return z.strictObject(registryFields(what, from)).prefault({}).describe(`How ${what} is reached.`);
}

function modeSchema(what: string) {
  return z
    .enum(['off', 'warn', 'enforce'])
    .default('warn')
    .describe(`What happens when a publisher does not prove to own ${what}.`);
}

/** The settings `registry.ownership`. */
export const ownershipSchema = z
  .strictObject({
    npm: modeSchema('an npm package'),
    pypi: modeSchema('a PyPI package'),
    nuget: modeSchema('a NuGet package'),
    cargo: modeSchema('a crate'),
    oci: modeSchema('an OCI image'),
    mcpb: modeSchema('an MCPB file; here the hash of the file is checked'),
    other: modeSchema('a package of a type that has no proof'),
  })
  .prefault({})
  .describe('Ownership proofs at publish and edit. The official registry enforces all of them.');

/** The settings `registry.packageRegistries`. */
export const packageRegistriesSchema = z
  .strictObject({
    npm: registrySchema('the npm registry', 'what the npm client is configured to use, with its credentials'),
    pypi: registrySchema('the Python package index', 'what the pip client is configured to use'),
    nuget: registrySchema('the service index (`…/index.json`) of the NuGet feed', 'none'),
    cargo: z
      .strictObject({
        ...registryFields('the crate registry', 'none'),
        fileHosts: textList('Hosts besides its own from which it serves READMEs, over https.'),
      })
      .prefault({})
      .describe('How the crate registry is reached.'),
    oci: z
      .strictObject({
        defaultHost: z
          .string()
          .max(260)
          .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/, 'a host in lower case, or host:port')
          .optional()
          .describe('Host meant by image references that name none.'),
        hosts: z.array(hostSchema).max(200).default([]).describe('Hosts that images may come from.'),
      })
      .prefault({})
      .describe('Where images are looked up.'),
    mcpb: z
      .strictObject({
        hosts: z
          .array(hostSchema)
          .max(200)
          .default(['github.com', 'www.github.com', 'gitlab.com', 'www.gitlab.com'].map((host) => ({ host })))
          .describe('Hosts that MCPB files may come from.'),
      })
      .prefault({})
      .describe('Where MCPB files are fetched.'),
  })
  .prefault({})
  .describe('Where packages are looked up for the ownership proofs.');
