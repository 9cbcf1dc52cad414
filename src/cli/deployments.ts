import { sleep } from '../base/abort.ts';
import { isObject, parseJson } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import type { DeploymentView } from '../http/deployment-view.ts';
import { isComing } from '../hub/lifecycle.ts';
import type { LogLine } from '../hub/log-ring.ts';
import type { DeploymentWish, HubClient } from './api-client.ts';
import {
  argument,
  type CliContext,
  type CommandInput,
  hasFlag,
  listOption,
  optionalArgument,
  type Run,
  textOption,
} from './command.ts';
import { showDeployment } from './deployment-text.ts';
import { EXIT, UsageError } from './failure.ts';
import type { Output } from './output.ts';

/** How often a deployment is asked for its state while the command waits. */
const POLL_MS = 250;
/** How long the command waits when the user says nothing. */
const DEFAULT_WAIT_SECONDS = 120;
/** The option that gives a missing input; arguments and variables share one. */
const OPTION_FOR: Readonly<Record<string, string>> = { env: '--env', header: '--header' };
const DEFAULT_TAIL = 200;
const MAX_TAIL = 1000;

/** `mcp-hub deploy`: makes a deployment and waits until it is healthy. */
export const deploy: Run = async (context, input) => {
  const wish = wishOf(input, context.io.env);
  const client = await context.hub();
  const made = await client.deploy(wish);
  return finish(context, client, made, input);
};

/** `mcp-hub undeploy`: stops a deployment and forgets it. */
export const undeploy: Run = async ({ hub, output }, input) => {
  const slug = argument(input, 0);
  await (await hub()).undeploy(slug);
  if (output.isJson) output.json({ slug, removed: true });
  else output.line(`${output.paint.bold(slug)} is stopped and removed.`);
  return EXIT.ok;
};

/** `mcp-hub enable`. */
export const enable: Run = (context, input) => act(context, input, 'enable');
/** `mcp-hub restart`. */
export const restart: Run = (context, input) => act(context, input, 'restart');
/** `mcp-hub disable`. */
export const disable: Run = async ({ hub, output }, input) => {
  const view = await (await hub()).act(argument(input, 0), 'disable');
  if (output.isJson) output.json(view);
  else output.line(`${output.paint.bold(view.slug)} is switched off.`);
  return EXIT.ok;
};

async function act(context: CliContext, input: CommandInput, action: 'enable' | 'restart'): Promise<number> {
  const client = await context.hub();
  return finish(context, client, await client.act(argument(input, 0), action), input);
}

/** Waits unless the user said not to, and tells how it ended. */
async function finish(
  context: CliContext,
  client: HubClient,
  view: DeploymentView,
  input: CommandInput,
): Promise<number> {
  const { output } = context;
  const settled = input.options.wait === false ? view : await waitFor(context, client, view, waitMsOf(input));
  if (output.isJson) output.json(settled);
  else showDeployment(output, settled);
  if (input.options.wait === false || settled.state === 'healthy' || settled.state === 'disabled') return EXIT.ok;
  output.error(failureText(settled), nextStep(settled));
  return EXIT.failed;
}

async function waitFor(
  { output, signal }: CliContext,
  client: HubClient,
  first: DeploymentView,
  waitMs: number,
): Promise<DeploymentView> {
  let view = first;
  let said = '';
  const end = Date.now() + waitMs;
  while (isComing(view.state) && Date.now() < end) {
    const now = view.progress ?? view.state;
    if (!output.isJson && now !== said) output.note(`${view.slug}: ${now}`);
    said = now;
    await pause(POLL_MS, signal);
    view = await client.deployment(view.slug);
  }
  return view;
}

/** Unlike the hub's own waits, this one must keep the process alive. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const keepAlive = setInterval(() => undefined, ms);
  try {
    await sleep(ms, signal);
  } finally {
    clearInterval(keepAlive);
  }
}

function failureText(view: DeploymentView): string {
  if (isComing(view.state)) return `${view.slug} is still ${view.state}; the command stopped waiting, the hub did not.`;
  const reason = view.reason === undefined ? '' : `: ${view.reason.message} (${view.reason.code})`;
  return `${view.slug} is ${view.state}${reason}`;
}

function nextStep(view: DeploymentView): string {
  if (isComing(view.state)) return 'mcp-hub status';
  const missing = view.missing ?? [];
  if (missing.length === 0) return `mcp-hub logs ${view.slug}`;
  const options = missing.map((one) => `${OPTION_FOR[one.kind] ?? '--var'} ${one.name.replace(/^-+/, '')}=…`);
  return `mcp-hub undeploy ${view.slug} && mcp-hub deploy ${view.name} --slug ${view.slug} ${options.join(' ')}`;
}

function waitMsOf(input: CommandInput): number {
  const text = textOption(input, 'timeout') ?? String(DEFAULT_WAIT_SECONDS);
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--timeout: ${text} is no number of seconds`);
  return Number(text) * 1000;
}

/** What the command line asks for. @throws UsageError */
export function wishOf(input: CommandInput, env: NodeJS.ProcessEnv): DeploymentWish {
  const name = optionalArgument(input, 0);
  const settings = settingsOf(textOption(input, 'set'));
  if (name === undefined && settings === undefined) {
    throw new UsageError('say what to deploy: NAME of a server entry, or --set with settings');
  }
  const version = textOption(input, 'version');
  const slug = textOption(input, 'slug');
  const args = listOption(input, 'arg');
  const pairs = {
    env: pairsOf(listOption(input, 'env'), '--env', env),
    headers: pairsOf(listOption(input, 'header'), '--header', undefined),
    variables: pairsOf(listOption(input, 'var'), '--var', undefined),
  };
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(slug === undefined ? {} : { slug }),
    ...(settings === undefined ? {} : { settings }),
    ...(args.length === 0 ? {} : { args: [...args] }),
    ...Object.fromEntries(Object.entries(pairs).filter(([, values]) => Object.keys(values).length > 0)),
    ...(hasFlag(input, 'disabled') ? { enabled: false } : {}),
  };
}

/** `KEY=VALUE` texts as an object; `KEY` alone takes its value from the environment where there is one. */
function pairsOf(texts: readonly string[], option: string, env: NodeJS.ProcessEnv | undefined): Record<string, string> {
  const pairs: [string, string][] = texts.map((text) => {
    const cut = text.indexOf('=');
    if (cut > 0) return [text.slice(0, cut).trim(), text.slice(cut + 1)];
    const value = cut < 0 ? env?.[text] : undefined;
    if (value !== undefined) return [text, value];
    const hint = env === undefined ? '' : ', or KEY of a variable that is set in this shell';
    throw new UsageError(`${option}: ${JSON.stringify(text)} is not KEY=VALUE${hint}`);
  });
  return Object.fromEntries(pairs);
}

function settingsOf(text: string | undefined): DeploymentSettings | undefined {
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text);
    // The hub checks the settings and says what is wrong with them.
    if (isObject(value)) return value as DeploymentSettings;
  } catch {
    // The message below says it all.
  }
  throw new UsageError('--set: not a JSON object, such as \'{"openapi":{"document":"https://…"}}\'');
}

/** `mcp-hub logs`: what a server wrote, and with `-f` what it writes. */
export const logs: Run = async ({ hub, output, signal }, input) => {
  const slug = argument(input, 0);
  const tail = textOption(input, 'tail') ?? String(DEFAULT_TAIL);
  if (!/^\d{1,4}$/.test(tail) || Number(tail) > MAX_TAIL) {
    throw new UsageError(`--tail: ${tail} is no whole number up to ${MAX_TAIL}`);
  }
  const client = await hub();
  if (hasFlag(input, 'follow')) {
    await client.followLogs(slug, Number(tail), signal, (line) => showLine(output, line));
    return EXIT.ok;
  }
  const lines = await client.logs(slug, Number(tail));
  if (output.isJson) output.json({ lines });
  else for (const line of lines) showLine(output, line);
  if (lines.length === 0 && !output.isJson) output.note(`${slug} wrote nothing yet.`);
  return EXIT.ok;
};

function showLine(output: Output, line: LogLine): void {
  if (output.isJson) output.json(line);
  else output.line(`${output.paint.dim(`${line.at} ${line.stream}`)} ${line.text}`);
}
