import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HubError } from '../../base/errors.ts';
import { excerpt } from '../../upstream/output.ts';
import { type CommandOutcome, runCommand } from './run-command.ts';

/** How an npm run is bounded and where it happens. */
export interface NpmRun {
  args: readonly string[];
  cwd: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Leaves out the operator's own npm configuration. */
  isPlain?: boolean;
}

/** Variables that speak about the npm run in which the hub itself was started, or belong to the hub. */
const NOT_PASSED =
  /^(MCP_HUB_|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$|npm_(lifecycle|package|command|execpath|node_execpath)|npm_config_(local_prefix|global|prefix|location|workspace|omit|include|dry_run|ignore_scripts|save|loglevel|json)$)/i;

/**
 * Runs the ordinary npm client: the one that came with this Node.js, else the one on the PATH. The operator's npm
 * configuration (registry, proxies, credentials) applies.
 *
 * @throws HubError `loader.missing_runtime` when there is no npm, `loader.timeout`; the signal's reason.
 */
export async function runNpm(run: NpmRun): Promise<CommandOutcome> {
  const cli = npmCliPath();
  const [command, ...before] = cli === undefined ? ['npm'] : [process.execPath, cli];
  const args = [...before, ...run.args];
  try {
    return await runCommand(
      { command, args, cwd: run.cwd, env: npmEnvironment(run.isPlain === true) },
      run.timeoutMs,
      run.signal,
    );
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'loader.start_failed' || cli !== undefined) throw error;
    const message = 'npm packages need the npm client, which is neither beside this Node.js nor on the PATH.';
    throw new HubError('loader.missing_runtime', message, { cause: error, data: { needs: ['npm'] } });
  }
}

function npmCliPath(): string | undefined {
  const folder = dirname(process.execPath);
  const places = [
    join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(folder, 'node_modules/npm/bin/npm-cli.js'),
  ];
  return places.find((path) => existsSync(path));
}

function npmEnvironment(isPlain: boolean): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined || NOT_PASSED.test(name)) continue;
    if (!isPlain || !/^npm_config_/i.test(name)) env[name] = value;
  }
  return { ...env, npm_config_update_notifier: 'false' };
}

const UNREACHABLE =
  /\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

/** The error for an npm run that failed, with what npm said at the end. `data.reason` tells the usual causes apart. */
export function npmFailure(what: string, outcome: CommandOutcome): HubError {
  const words = lastWords(outcome.stderr);
  const [reason, explanation] = causeOf(outcome.stderr);
  const message = `${what} failed: ${explanation}${words === '' ? '' : ` npm says: ${words}`}`;
  return new HubError('loader.install_failed', message, { data: { reason } });
}

function causeOf(stderr: string): [reason: string, explanation: string] {
  if (/\b(ETARGET|ENOVERSIONS)\b|No match(ing version)? found/.test(stderr)) {
    return ['no_version', 'the package has no such version.'];
  }
  if (/\bE404\b/.test(stderr)) return ['not_found', 'the package registry does not have it.'];
  if (/\b(E401|E403|ENEEDAUTH)\b/.test(stderr)) return ['forbidden', 'the package registry wants other credentials.'];
  if (UNREACHABLE.test(stderr)) return ['unreachable', 'the package registry cannot be reached.'];
  if (/\bENOSPC\b/.test(stderr)) return ['disk_full', 'the disk is full.'];
  return ['failed', 'the npm client reported an error.'];
}

/** The end of stderr without warnings and without the pointer to a log file. */
function lastWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/i, '').trim())
    .filter(
      (line) => line !== '' && !/^npm warn/i.test(line) && !/complete log of this run|^\S*_logs\S*debug/i.test(line),
    );
  return excerpt(lines.slice(-8).join(' | '), 600);
}
