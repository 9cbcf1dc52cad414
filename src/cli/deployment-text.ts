import type { DeploymentView } from '../http/deployment-view.ts';
import type { Output } from './output.ts';
import { oneLine, type Palette } from './text.ts';

/** A state in its colour. */
export function paintState(paint: Palette, state: string): string {
  if (state === 'healthy') return paint.green(state);
  if (state === 'failed') return paint.red(state);
  if (state === 'stopped' || state === 'disabled') return paint.dim(state);
  return paint.yellow(state);
}

/** Rows for a table with slug, state, kind, server and remark. */
export function deploymentRows(paint: Palette, deployments: readonly DeploymentView[]): string[][] {
  return deployments.map((it) => [
    it.slug,
    paintState(paint, it.state),
    it.kind ?? '',
    `${it.name} ${it.version}`,
    remarkOf(it),
  ]);
}

function remarkOf(it: DeploymentView): string {
  if (it.missing !== undefined && it.missing.length > 0) return `needs ${it.missing.map((one) => one.name).join(', ')}`;
  if (it.reason !== undefined) return oneLine(it.reason.message);
  if (it.progress !== undefined) return it.progress;
  const tools = it.capabilities?.tools.length;
  return tools === undefined ? '' : `${tools} ${tools === 1 ? 'tool' : 'tools'}`;
}

/** One deployment, line by line. */
export function showDeployment(output: Output, it: DeploymentView): void {
  const { paint } = output;
  output.line(
    `${paint.bold(it.slug)} is ${paintState(paint, it.state)}: ${it.name} ${it.version}${it.kind === null ? '' : ` (${it.kind})`}`,
  );
  if (it.reason !== undefined) output.line(`  reason    ${oneLine(it.reason.message)} (${it.reason.code})`);
  if (it.nextRetryAt !== undefined) output.line(`  retry     at ${it.nextRetryAt}, after ${it.attempts} failed`);
  for (const one of it.missing ?? []) {
    output.line(
      `  missing   ${one.name} (${one.kind})${one.description === undefined ? '' : `: ${oneLine(one.description)}`}`,
    );
  }
  output.line(`  endpoint  ${it.mcpEndpoint}`);
  const tools = it.capabilities?.tools ?? [];
  if (tools.length > 0) output.line(`  tools     ${tools.slice(0, 10).join(', ')}${tools.length > 10 ? ', …' : ''}`);
}
