import { z } from '@hono/zod-openapi';
import { commonSchemas, kindSchemas } from '../../config/declared-schema.ts';

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

/** Settings of a deployment as the API takes them: the shapes of the configuration file, with the kind named or not. */
export const settingsSchema = z
  .strictObject({
    kind: z.enum(['openapi', 'remote', 'command', 'npm', 'pypi', 'oci', 'module']).optional(),
    ...kindSchemas,
    ...commonSchemas,
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
    ...commonSchemas,
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
