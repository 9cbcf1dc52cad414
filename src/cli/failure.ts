import { ERROR_CODES, type ErrorCode, HubError, messageOf } from '../base/errors.ts';

/** Exit codes of the program. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** The command line itself is wrong; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Whether a code that came over the wire is one of ours. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}

/** What a failure says to the user: one line with its code, and what to do next where that can be known. */
export function describeFailure(error: unknown): { message: string; next?: string } {
  if (!(error instanceof HubError)) return { message: messageOf(error) };
  const next = error.message.includes('mcp-hub ') ? undefined : NEXT[error.code];
  return { message: `${messageOf(error)} (${error.code})`, ...(next === undefined ? {} : { next }) };
}

const NEXT: Partial<Record<ErrorCode, string>> = {
  'hub.unreachable': 'start a hub with "mcp-hub serve", or say where it is with --url or MCP_HUB_URL',
  'auth.missing':
    'give a token with MCP_HUB_TOKEN or --token; on the hub’s own machine, run this in the folder where the hub was started',
  'auth.invalid': 'check the token: "mcp-hub token list" on the hub’s own machine shows which exist',
  'auth.forbidden': 'ask an administrator for a token with this permission: mcp-hub token create NAME --permission …',
  'request.host': 'add the name to api.allowedHosts in the hub’s configuration',
  'deployment.not_found': 'see what there is: mcp-hub status',
  'deployment.exists': 'choose another slug with --slug, or remove the old one: mcp-hub undeploy SLUG',
  'deployment.read_only': 'change the configuration file and start the hub anew',
  'deployment.failed': 'see what the server wrote: mcp-hub logs NAME',
  'deployment.not_ready': 'try again in a moment; mcp-hub status shows how far it is',
  'deployment.disabled': 'switch it on: mcp-hub enable NAME',
  'registry.not_found': 'look for it: mcp-hub servers search WORD',
  'registry.invalid': 'correct the document; docs/reference/errors.md explains the code',
  'import.bad_format': 'see which formats are taken: mcp-hub import --help',
  'config.unsafe_bind': 'leave --host away to serve this machine only',
  'store.locked': 'stop the other hub, or give this one a data folder of its own with --data-dir',
  internal: 'the hub’s log tells more',
};
