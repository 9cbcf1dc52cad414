import { z } from '@hono/zod-openapi';
import { isObject, type JsonObject } from '../../base/json.ts';

/** The body of every refusal (RFC 9457). */
const problem = z
  .object({
    type: z.string().optional(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string().optional(),
    errors: z.array(z.object({ message: z.string(), location: z.string().optional() })).optional(),
  })
  .openapi('Problem');

const problemContent = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

/** Refusals that any route of the hub's API may answer with. */
export const problemAnswers = {
  401: problemContent('A bearer token is missing or wrong.'),
  403: problemContent('The caller may not do this.'),
  404: problemContent('There is no such thing.'),
  409: problemContent('It exists already, or it cannot be changed here.'),
  422: problemContent('The request does not say what it should.'),
};

/** An object whose content is somebody else's affair. */
const anyObject = z.custom<JsonObject>(isObject, 'expected an object').openapi({ type: 'object' });
const strings = z.record(z.string(), z.string());
const texts = z.array(z.string().max(8_192)).max(500);

/** Settings of a deployment as the API takes them. */
export const settingsSchema = z
  .strictObject({
    kind: z.enum(['openapi', 'remote', 'command', 'npm', 'pypi', 'oci', 'module']).optional(),
    openapi: z
      .strictObject({
        document: z.union([z.string().min(1), anyObject]),
        baseUrl: z.url().optional(),
        headers: strings.optional(),
        auth: z
          .array(
            z.discriminatedUnion('type', [
              z.strictObject({ type: z.literal('bearer'), token: z.string(), scheme: z.string().optional() }),
              z.strictObject({
                type: z.literal('basic'),
                username: z.string(),
                password: z.string(),
                scheme: z.string().optional(),
              }),
              z.strictObject({
                type: z.literal('apiKey'),
                value: z.string(),
                scheme: z.string().optional(),
                name: z.string().optional(),
                in: z.enum(['header', 'query', 'cookie']).optional(),
              }),
            ]),
          )
          .max(50)
          .optional(),
        include: texts.optional(),
        exclude: texts.optional(),
      })
      .optional(),
    remote: z
      .strictObject({
        url: z.url({ protocol: /^https?$/ }),
        transport: z.enum(['streamable-http', 'sse', 'auto']).optional(),
        headers: strings.optional(),
      })
      .optional(),
    command: z
      .strictObject({ command: z.string().min(1), args: texts.optional(), cwd: z.string().optional() })
      .optional(),
    npm: z
      .strictObject({ package: z.string().min(1), version: z.string().optional(), bin: z.string().optional() })
      .optional(),
    pypi: z.strictObject({ package: z.string().min(1), version: z.string().optional() }).optional(),
    oci: z.strictObject({ image: z.string().min(1) }).optional(),
    module: z.strictObject({ path: z.string().min(1), options: anyObject.optional() }).optional(),
    env: strings.optional(),
    args: texts.optional(),
    variables: strings.optional(),
    headers: strings.optional(),
  })
  .openapi('DeploymentSettings');

/** Body of `POST /api/v1/deployments`. */
export const deploymentInput = z
  .strictObject({
    name: z.string().max(200).optional().describe('Name of a server entry; absent when settings say it all.'),
    version: z.string().max(255).optional().describe('Exact version; default: the latest one.'),
    slug: z.string().max(63).optional().describe('Name of the deployment in URLs; default: from the server name.'),
    description: z.string().max(100).optional(),
    settings: settingsSchema.optional(),
    env: strings.optional().describe('Environment; values that look like secrets are sealed.'),
    args: texts.optional(),
    headers: strings.optional(),
    variables: strings.optional(),
    enabled: z.boolean().optional(),
    source: z.enum(['api', 'import']).optional(),
  })
  .openapi('NewDeployment');

/** Body of `PATCH /api/v1/deployments/{slug}`. */
export const deploymentChange = z
  .strictObject({
    version: z.string().max(255).optional(),
    enabled: z.boolean().optional(),
    settings: settingsSchema.optional(),
  })
  .openapi('DeploymentChange');

/** A deployment as the API shows it. */
export const deploymentView = z
  .looseObject({
    slug: z.string(),
    name: z.string(),
    version: z.string(),
    kind: z.string().nullable(),
    enabled: z.boolean(),
    source: z.string(),
    state: z.enum([
      'pending',
      'resolving',
      'starting',
      'healthy',
      'degraded',
      'draining',
      'stopped',
      'failed',
      'needs_input',
      'disabled',
    ]),
    reason: z.object({ code: z.string(), message: z.string() }).optional(),
    attempts: z.number(),
    nextRetryAt: z.string().optional(),
    mcpEndpoint: z.string(),
  })
  .openapi('Deployment');
