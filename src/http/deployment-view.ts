import { type DeploymentSettings, kindOf } from '../config/settings.ts';
import type { DeploymentState, MissingInput } from '../hub/lifecycle.ts';
import type { Running } from '../hub/running.ts';
import { mcpEndpointOf } from '../hub/runtime-meta.ts';

/** A deployment as the hub's API shows it. Settings hold references to secrets, never values. */
export type DeploymentView = {
  slug: string;
  name: string;
  version: string;
  kind: string | null;
  enabled: boolean;
  source: string;
  state: DeploymentState;
  since: string;
  progress?: string;
  reason?: { code: string; message: string };
  attempts: number;
  nextRetryAt?: string;
  missing?: MissingInput[];
  mcpEndpoint: string;
  era?: string;
  serverInfo?: object;
  capabilities?: { tools: string[]; resources: string[]; resourceTemplates: string[]; prompts: string[] };
  settings: DeploymentSettings;
  createdAt: string;
  updatedAt: string;
};

/** Makes the view of a deployment. Settings from the configuration file are left out: they may hold secrets. */
export function viewOf(running: Running, baseUrl: string): DeploymentView {
  const { deployment, status, inventory, upstream } = running;
  const { settings, ...rest } = deployment;
  return {
    ...rest,
    ...status,
    kind: running.kind ?? kindOf(settings) ?? null,
    mcpEndpoint: mcpEndpointOf(baseUrl, deployment.slug),
    ...(upstream && { era: upstream.era, serverInfo: upstream.description.info }),
    ...(inventory && { capabilities: inventory }),
    settings: deployment.source === 'config' ? {} : settings,
  };
}
