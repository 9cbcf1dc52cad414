import type { JsonObject } from '../base/json.ts';
import type { Deployments } from './deployments.ts';
import type { Running } from './running.ts';

/** Key of the response-level `_meta` under which a registry answer tells of the running server. */
export const RUNTIME_META = 'io.github.mcp-hub-registry/runtime';

/** How much a reader of the registry may learn about a failure. */
export interface RuntimeMetaOptions {
  /** Public base URL of the hub, without a trailing slash. */
  baseUrl(): string;
  /** Whether error messages are shown besides their codes; they may name internal hosts. */
  showsMessages: boolean;
}

/** URL of a deployment's MCP endpoint. */
export function mcpEndpointOf(baseUrl: string, slug: string): string {
  return `${baseUrl}/servers/${slug}/mcp`;
}

/** What the registry tells of a server that is deployed here; undefined when it is not. */
export function runtimeMetaOf(
  deployments: Deployments,
  name: string,
  options: RuntimeMetaOptions,
): JsonObject | undefined {
  const running = deployments.forServer(name);
  return running === undefined ? undefined : describe(running, options);
}

function describe({ deployment, status, inventory }: Running, options: RuntimeMetaOptions): JsonObject {
  const { reason } = status;
  return {
    status: status.state,
    deployment: deployment.slug,
    version: deployment.version,
    mcpEndpoint: mcpEndpointOf(options.baseUrl(), deployment.slug),
    capabilities: inventory === undefined ? {} : { ...inventory },
    ...(reason !== undefined && {
      lastError: options.showsMessages ? { code: reason.code, message: reason.message } : { code: reason.code },
    }),
  };
}
