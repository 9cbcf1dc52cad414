import { HubError } from '../base/errors.ts';
import { connectStdio } from '../upstream/stdio.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { readExtraArguments, readGivenEnvironment } from './launch.ts';
import type { LoadContext, ServerLoader } from './loader.ts';
import { isSelected } from './selection.ts';
import { CONNECT_TIMEOUT_MS } from './timeouts.ts';

/** Loads the operator's own stdio command. Whoever may set it runs code as the hub, so nobody else may. */
export const commandLoader: ServerLoader = {
  kind: 'command',
  accepts: (document, deployment) => isSelected('command', document, deployment, () => false),
  load,
};

async function load(context: LoadContext): Promise<Upstream> {
  const { slug, settings } = context.deployment;
  if (context.trust !== 'operator') {
    throw new HubError(
      'loader.unsupported',
      `Deployment "${slug}" wants to run a command. Commands are taken from the configuration file of the hub only, because they run with the hub's own rights.`,
    );
  }
  if (settings.command === undefined || settings.command.command.trim() === '') {
    throw new HubError('deployment.invalid', `Deployment "${slug}" is of kind "command" but has no command.command.`);
  }
  const { command, args, cwd } = settings.command;
  context.progress('starting', 'starting');
  return connectStdio({
    command: await context.resolve(command),
    args: await readExtraArguments([...(args ?? []), ...(settings.args ?? [])], context),
    env: await readGivenEnvironment(context),
    ...(cwd === undefined ? {} : { cwd: await context.resolve(cwd) }),
    label: `"${slug}"`,
    output: context.output,
    timeoutMs: CONNECT_TIMEOUT_MS,
    signal: context.signal,
  });
}
