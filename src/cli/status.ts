import { hubVersion } from '../telemetry/version.ts';
import type { Run } from './command.ts';
import { deploymentRows, paintState } from './deployment-text.ts';
import { EXIT } from './failure.ts';

/** `mcp-hub status`: the hub and what it runs. */
export const status: Run = async ({ hub, output }) => {
  const client = await hub();
  const [now, deployments] = await Promise.all([client.status(), client.deployments()]);
  if (output.isJson) {
    output.json({ ...now, deployments: { ...now.deployments, items: deployments } });
    return EXIT.ok;
  }
  const { paint } = output;
  const states = Object.entries(now.deployments.byState).map(
    ([state, count]) => `${count} ${paintState(paint, state)}`,
  );
  output.line(`${paint.bold(now.name)} ${now.version} at ${paint.cyan(now.url)}, up ${duration(now.uptimeSeconds)}`);
  output.line(`database     ${now.database.type}, ${now.database.ok ? paint.green('ok') : paint.red('not reachable')}`);
  output.line(`catalogue    ${now.servers.names} servers, ${now.servers.versions} versions`);
  output.line(`deployments  ${now.deployments.total}${states.length === 0 ? '' : `: ${states.join(', ')}`}`);
  if (deployments.length === 0) return EXIT.ok;
  output.line();
  await output.table(['slug', 'state', 'kind', 'server', 'remark'], deploymentRows(paint, deployments));
  return EXIT.ok;
};

/** `mcp-hub version`. */
export const version: Run = async ({ output }) => {
  if (output.isJson) output.json({ version: hubVersion(), node: process.versions.node });
  else output.line(`mcp-hub ${hubVersion()} (Node.js ${process.versions.node})`);
  return EXIT.ok;
};

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
