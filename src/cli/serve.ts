import type { HubConfig } from '../config/config.ts';
import { type LoadOptions, loadConfig } from '../config/load.ts';
import { createHub } from '../create-hub.ts';
import { hubVersion } from '../telemetry/version.ts';
import { entryFor } from './client-formats.ts';
import { type Run, textOption } from './command.ts';
import { EXIT } from './failure.ts';
import type { Output } from './output.ts';

/** Options of the command line that are settings. */
const SETTINGS: readonly { option: string; key: string; path: string }[] = [
  { option: '--host', key: 'host', path: 'api.host' },
  { option: '--port', key: 'port', path: 'api.port' },
  { option: '--data-dir', key: 'dataDir', path: 'dataDir' },
];

/** Exit code after a second signal: 128 and the number of SIGINT, as shells give it. */
const EXIT_INTERRUPTED = 130;

/** `mcp-hub serve`: runs a hub until it is told to stop, then drains it. */
export const serve: Run = async ({ io, output }, input) => {
  const file = textOption(input, 'config');
  const options: LoadOptions = {
    cwd: io.cwd,
    env: io.env,
    ...(file === undefined ? {} : { file }),
    options: SETTINGS.flatMap(({ option, key, path }) => {
      const text = textOption(input, key);
      return text === undefined ? [] : [{ option, path, text }];
    }),
  };
  const { config, warnings } = await loadConfig(options);
  for (const warning of warnings) output.warn(warning);

  let signals = 0;
  const stopAsked = new Promise<void>((resolve) => {
    // Never taken away: a second signal must end the process while the hub drains.
    io.onStop(() => {
      signals++;
      if (signals > 1) io.exit(EXIT_INTERRUPTED);
      resolve();
    });
  });

  const hub = await createHub(config);
  try {
    const { url } = await hub.start();
    if (output.isJson) output.json({ url, version: hubVersion(), pid: process.pid });
    else showWelcome(output, config, url, io.program);
    await stopAsked;
    if (!output.isJson) output.note('Stopping: waiting for requests in flight. A second signal stops at once.');
  } catch (error) {
    await hub.close().catch(() => undefined);
    throw error;
  }
  await hub.close();
  return EXIT.ok;
};

/** Where everything is, and three things to try: lines to copy. */
function showWelcome(output: Output, config: HubConfig, localUrl: string, program: string): void {
  const { paint } = output;
  const url = config.hub.publicUrl ?? localUrl;
  const slug = config.seed.builtIn && config.seed.importOnStartup ? 'time' : config.servers[0]?.slug;
  const call = slug === 'time' ? 'call time get_current_time' : slug === undefined ? 'servers list' : `tools ${slug}`;
  const token = config.auth.required ? ' (needs a token)' : '';
  output.line();
  output.line(`${paint.bold(config.hub.name)} ${hubVersion()} is ready.`);
  output.line();
  output.line(`  page      ${paint.cyan(`${url}/`)}`);
  output.line(`  registry  ${paint.cyan(`${url}/v0.1/servers`)}`);
  output.line(`  hub API   ${paint.cyan(`${url}/api/v1/openapi.json`)}${token}`);
  output.line(`  MCP       ${paint.cyan(`${url}/servers/{slug}/mcp`)}${token}`);
  output.line();
  output.line('Try, in another terminal:');
  output.line();
  output.line(`  curl '${url}/v0.1/servers?limit=3'`);
  output.line(`  ${program} ${call}`);
  output.line();
  output.line(`and in the configuration of an MCP client (others: ${program} client-config --help):`);
  output.line();
  const name = slug ?? 'NAME';
  const entry = entryFor('generic', { url: `${url}/servers/${name}/mcp`, needsToken: config.auth.required });
  output.line(`  ${JSON.stringify({ mcpServers: { [name]: entry } })}`);
  output.line();
}
