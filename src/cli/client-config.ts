import { HubError } from '../base/errors.ts';
import type { DeploymentView } from '../http/deployment-view.ts';
import type { HubClient } from './api-client.ts';
import { CLIENTS, type ClientTarget, isClientName, snippetFor } from './client-formats.ts';
import { argument, type CliContext, type Run, restArguments, textOption } from './command.ts';
import { EXIT, UsageError } from './failure.ts';

/** `mcp-hub client-config`: what to put into an MCP client's configuration. */
export const clientConfig: Run = async (context, input) => {
  const { output } = context;
  const client = argument(input, 0);
  if (!isClientName(client)) {
    throw new UsageError(
      `the client ${JSON.stringify(client)} is not known; known are ${Object.keys(CLIENTS).join(', ')}`,
    );
  }
  const wanted = restArguments(input, 1);
  const name = textOption(input, 'name');
  if (name !== undefined && wanted.length > 1) throw new UsageError('--name goes with one server');
  const targets = await targetsFor(context, wanted);
  const [only] = Object.values(targets);
  const named = name !== undefined && only !== undefined ? { [name]: only } : targets;
  const snippet = snippetFor(client, named);
  if (output.isJson) {
    output.json({ client, file: snippet.file, text: snippet.text });
    return EXIT.ok;
  }
  output.note(`For ${snippet.title}, in ${snippet.file}:`);
  output.line(snippet.text);
  if (snippet.remark !== undefined) output.note(snippet.remark);
  if (Object.values(named).some((target) => target.needsToken)) {
    output.note('The hub asks for a token; make one that may call: mcp-hub token create NAME --permission "call:*"');
  }
  return EXIT.ok;
};

/** The servers the user named, or all that are switched on. A hub that does not run needs them named. */
async function targetsFor(
  { hub, connection }: CliContext,
  wanted: readonly string[],
): Promise<Record<string, ClientTarget>> {
  const { url, config } = await connection();
  try {
    const client = await hub();
    const [deployments, needsToken] = await Promise.all([client.deployments(), asksForToken(client)]);
    const chosen =
      wanted.length === 0 ? deployments.filter((it) => it.enabled) : wanted.map((slug) => find(deployments, slug));
    if (chosen.length === 0)
      throw new HubError('deployment.not_found', 'This hub runs no server yet. See: mcp-hub deploy --help');
    return Object.fromEntries(chosen.map((it) => [it.slug, { url: it.mcpEndpoint, needsToken }]));
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'hub.unreachable' || wanted.length === 0) throw error;
    const base = config?.hub.publicUrl ?? url;
    const needsToken = config?.auth.required ?? false;
    return Object.fromEntries(
      wanted.map((slug) => [slug, { url: `${base}/servers/${encodeURIComponent(slug)}/mcp`, needsToken }]),
    );
  }
}

function find(deployments: readonly DeploymentView[], wanted: string): DeploymentView {
  const found = deployments.find((it) => it.slug === wanted) ?? deployments.find((it) => it.name === wanted);
  if (found === undefined) throw new HubError('deployment.not_found', `No deployment "${wanted}". See: mcp-hub status`);
  return found;
}

/** Whether somebody without a token is turned away. */
async function asksForToken(client: HubClient): Promise<boolean> {
  const answer = await client.http.send({ path: '/api/v1/status', isAnonymous: true });
  return answer.status === 401;
}
