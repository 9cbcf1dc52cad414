import { z } from 'zod';
import type { JsonObject } from '../base/json.ts';

/** What a slug may look like. */
export const SLUG_PATTERN: RegExp = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** {@link SLUG_PATTERN} in words. */
export const SLUG_HELP = 'lower-case letters, digits, ".", "_" and "-", at most 63, beginning with a letter or digit';

/** A list of texts, empty by default. */
export function textList(description: string) {
  return z.array(z.string().min(1).max(2000)).max(1000).default([]).describe(description);
}

/** YAML reads `PORT: 3000` as a number; as an environment value or an argument it is a text again. */
const scalarText = z
  .union([z.string(), z.number(), z.boolean()], { error: 'a text, a number, true or false' })
  .transform(String);
const texts = z.array(scalarText).max(1000);
const textMap = z.record(z.string().min(1).max(500), scalarText);

/** Comes out of a parsed text, so it holds JSON values only; a recursive schema could not be described in OpenAPI. */
const jsonObject = z.record(z.string(), z.unknown()).transform((value) => value as JsonObject);

const openApiAuthSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer'), token: z.string().min(1), scheme: z.string().optional() }),
  z.strictObject({
    type: z.literal('basic'),
    username: z.string(),
    password: z.string(),
    scheme: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('apiKey'),
    value: z.string().min(1),
    scheme: z.string().optional(),
    name: z.string().optional(),
    in: z.enum(['header', 'query', 'cookie']).optional(),
  }),
]);

/** The inline shapes: each is a loader's settings under the loader's name. */
export const kindSchemas = {
  openapi: z
    .strictObject({
      document: z
        .union([z.string().min(1), jsonObject], { error: 'a path, a URL or the document itself' })
        .describe('A path, a URL, or the document itself.'),
      baseUrl: z.string().min(1).optional().describe('Replaces the document’s `servers`.'),
      headers: textMap.optional().describe('Sent with every request.'),
      auth: z
        .array(openApiAuthSchema)
        .optional()
        .describe(
          'Credentials: `{type: bearer, token}`, `{type: basic, username, password}`, `{type: apiKey, value, name, in}`.',
        ),
      include: z
        .array(z.string())
        .optional()
        .describe('Operation ids or `METHOD /path` lines that become tools; a trailing `*` matches the rest.'),
      exclude: z.array(z.string()).optional().describe('The same, for those that do not.'),
    })
    .optional()
    .describe('A REST API described by an OpenAPI document.'),
  module: z
    .strictObject({
      path: z.string().min(1).describe('Path of an ES module that exports an MCP server factory.'),
      options: jsonObject.optional().describe('Handed to the module.'),
    })
    .optional()
    .describe('An ES module, run in a worker thread.'),
  npm: z
    .strictObject({
      package: z.string().min(1).describe('Package name.'),
      version: z.string().min(1).optional().describe('Exact version.'),
      bin: z.string().min(1).optional().describe('Which of its commands, when it has several.'),
    })
    .optional()
    .describe('An npm package, installed by the hub and run over stdio.'),
  pypi: z
    .strictObject({
      package: z.string().min(1).describe('Package name.'),
      version: z.string().min(1).optional().describe('Exact version.'),
    })
    .optional()
    .describe('A Python package.'),
  oci: z
    .strictObject({ image: z.string().min(1).describe('Image reference, best with a digest.') })
    .optional()
    .describe('A container image.'),
  remote: z
    .strictObject({
      url: z.string().min(1).describe('Address of the MCP endpoint.'),
      transport: z
        .enum(['streamable-http', 'sse', 'auto'])
        .optional()
        .describe('Default `auto`: Streamable HTTP, else SSE.'),
      headers: textMap.optional().describe('Sent with every request.'),
    })
    .optional()
    .describe('An MCP server that runs elsewhere.'),
  command: z
    .strictObject({
      command: z.string().min(1).describe('The program; no shell reads it.'),
      args: texts.optional().describe('Its arguments.'),
      cwd: z.string().min(1).optional().describe('Working directory. Default: the folder of this file.'),
    })
    .optional()
    .describe('A program of your own that speaks MCP over stdio.'),
};

/** What any deployment may add to its kind. */
export const commonSchemas = {
  env: textMap.optional().describe('Environment of a started process.'),
  args: texts.optional().describe('Arguments added after those of the entry.'),
  headers: textMap.optional().describe('Values for the headers that the entry’s remote declares.'),
  variables: textMap.optional().describe('Values for `{variables}` in the entry’s arguments, headers and URLs.'),
};

/** One entry of `servers`. */
export const declaredServerSchema = z.strictObject({
  slug: z
    .string()
    .regex(SLUG_PATTERN, SLUG_HELP)
    .optional()
    .describe('Its name in the hub’s URLs. Default: from the last part of `name`.'),
  name: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9.-]+\/[A-Za-z0-9._-]+$/, 'the name of a server entry, such as com.example/weather')
    .optional()
    .describe('Name of an entry of the registry. Not given: a private entry `local/{slug}` is made.'),
  version: z.string().min(1).max(255).optional().describe('Which version of the entry. Default: the latest.'),
  description: z.string().max(500).optional().describe('For the private entry.'),
  enabled: z.boolean().default(true).describe('Whether it is started; default true.'),
  ...kindSchemas,
  ...commonSchemas,
});

/** The inline kinds, in the order in which messages list them. */
export const INLINE_KINDS = ['openapi', 'module', 'npm', 'pypi', 'oci', 'remote', 'command'] as const;

/** One entry of `mcpServers` as clients write it; keys that the hub does not know are left out with a warning. */
export const clientEntrySchema = z.object({
  command: z.string().min(1).optional(),
  args: texts.optional(),
  env: textMap.optional(),
  cwd: z.string().min(1).optional(),
  url: z.string().min(1).optional(),
  serverUrl: z.string().min(1).optional(),
  httpUrl: z.string().min(1).optional(),
  headers: textMap.optional(),
  type: z.enum(['stdio', 'local', 'http', 'streamable-http', 'streamableHttp', 'sse', 'remote']).optional(),
  transport: z.enum(['stdio', 'http', 'streamable-http', 'sse']).optional(),
  disabled: z.boolean().optional(),
  enabled: z.boolean().optional(),
  description: z.string().max(500).optional(),
});

/** An entry of `servers` after its checks. */
export type ParsedServer = z.output<typeof declaredServerSchema>;
/** An entry of `mcpServers` after its checks. */
export type ParsedClientEntry = z.output<typeof clientEntrySchema>;
