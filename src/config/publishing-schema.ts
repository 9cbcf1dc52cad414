import { z } from 'zod';
import { textList } from './declared-schema.ts';

const PERMISSION = /^(\*|admin(:\*)?|(read|publish|edit|call|deploy|review):([\x21-\x29\x2b-\x7e]+\*?|\*))$/;
const PERMISSION_HELP =
  'action:pattern with one of the actions read, publish, edit, call, deploy, review (a * may stand at the end of the pattern), or admin';
const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9-]*(\.[A-Za-z0-9][A-Za-z0-9-]*)*$/;
const NAMESPACE_HELP = 'a namespace such as com.example';
const ADDRESS = z.url({ protocol: /^https?$/ });
/** `127.0.0.1`, `127.0.0.1:53`, `[::1]:53`, `::1`. */
const NAME_SERVER = /^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;

const permissions = z.array(z.string().regex(PERMISSION, PERMISSION_HELP)).max(200);
const claim = z
  .string()
  .min(1)
  .max(200)
  .describe('Name of the claim; a path with dots reaches into objects (`realm_access.roles`).');
const values = z
  .array(z.string().min(1).max(500))
  .min(1)
  .max(200)
  .describe('One of them must be the value of the claim, or in its list. A `*` at the end stands for any rest.');

const oidcIssuerSchema = z.strictObject({
  issuer: ADDRESS.describe(
    'Address of the issuer, exactly as its tokens name it (`iss`). Its keys are found by discovery.',
  ),
  audience: z.string().min(1).max(500).describe('What the tokens must be made for (`aud`), mostly the client id.'),
  jwksUrl: ADDRESS.optional().describe('Where the keys are, for an issuer without discovery.'),
  claims: z
    .array(z.strictObject({ claim, values }))
    .max(50)
    .default([])
    .describe('Conditions that every token must meet: a list of `claim` and `values`.'),
  permissions: permissions.default([]).describe('What everybody gets whose token is accepted.'),
  rules: z
    .array(
      z.strictObject({ claim, values, permissions: permissions.min(1).describe('What such a token allows besides.') }),
    )
    .max(500)
    .default([])
    .describe('What some get besides: a list of `claim`, `values` and `permissions`.'),
});

/** The settings under `auth` that say who gets a token for publishing; see `docs/reference/auth.md`. */
export const publishingSettings = {
  publish: z
    .strictObject({
      methods: z
        .array(z.enum(['github-at', 'github-oidc', 'oidc', 'dns', 'http', 'none']))
        .max(6)
        .default(['github-at', 'github-oidc', 'oidc', 'dns', 'http'])
        .describe(
          'How publishers may prove who they are (`mcp-publisher login`). `none` proves nothing and is for development. An empty list leaves the hub’s own tokens.',
        ),
      tokenLifeSeconds: z
        .int()
        .min(30)
        .max(86_400)
        .default(300)
        .describe('How long a registry token lives that such a login gives, in seconds.'),
      blockedNamespaces: z
        .array(z.string().regex(NAMESPACE, NAMESPACE_HELP))
        .max(1000)
        .default([])
        .describe(
          'Namespaces for which no login gets a token, such as `com.example`. The hub’s own tokens still work.',
        ),
    })
    .prefault({})
    .describe('Logins for publishing.'),
  github: z
    .strictObject({
      apiUrl: ADDRESS.default('https://api.github.com').describe(
        'GitHub’s REST API; for GitHub Enterprise `https://HOST/api/v3`.',
      ),
      namespace: z
        .string()
        .max(100)
        .regex(NAMESPACE, NAMESPACE_HELP)
        .default('io.github')
        .describe('What stands before the account in a name. A GitHub of your own needs another than `io.github`.'),
      clientId: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,100}$/, 'the client id of an OAuth app')
        .optional()
        .describe('Client id of the OAuth app for `mcp-publisher login github`, told in `/v0/health`.'),
      actionsIssuer: ADDRESS.default('https://token.actions.githubusercontent.com').describe(
        'Issuer of the tokens of GitHub Actions.',
      ),
      audience: z
        .string()
        .min(1)
        .max(500)
        .optional()
        .describe(
          'What tokens of GitHub Actions must be made for. Default: scheme and host of `hub.publicUrl`; without both, `github-oidc` is off.',
        ),
    })
    .prefault({})
    .describe('GitHub as proof of a namespace.'),
  oidc: z
    .array(oidcIssuerSchema)
    .max(50)
    .default([])
    .describe('OpenID Connect issuers whose tokens are accepted, and what their claims allow.'),
  dns: z
    .strictObject({
      servers: z
        .array(z.string().regex(NAME_SERVER, 'an IP address, with a port if need be'))
        .max(10)
        .default([])
        .describe(
          'Name servers that are asked for the TXT records of domains, such as `10.0.0.53`. Default: the system’s.',
        ),
    })
    .prefault({})
    .describe('DNS as proof of a namespace.'),
  http: z
    .strictObject({
      origins: z
        .record(z.string().min(1).max(253), ADDRESS)
        .default({})
        .describe(
          'Domains whose `/.well-known/mcp-registry-auth` is fetched from another origin than `https://DOMAIN`, by domain.',
        ),
    })
    .prefault({})
    .describe('A file on a web server as proof of a namespace.'),
};

/** `net.ca`. */
export const caFiles = textList(
  'Files with CA certificates (PEM) that are trusted besides the usual ones, for servers of a company’s own.',
);
