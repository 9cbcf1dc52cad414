import { HubError } from '../base/errors.ts';
import { argument, type CommandInput, listOption, type Run, textOption } from './command.ts';
import { EXIT, UsageError } from './failure.ts';
import type { CliIo } from './io.ts';

/** Largest secret that is read, in characters. */
const MAX_SECRET_LENGTH: number = 64 * 1024;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `mcp-hub token create`: the token alone goes to stdout, so that it can be piped into a file. */
export const createToken: Run = async ({ hub, output }, input) => {
  const permissions = [...listOption(input, 'permission')];
  if (permissions.length === 0) {
    throw new UsageError('say what the holder may do: --permission publish:com.example/* (may stand several times)');
  }
  const expiresInSeconds = secondsOf(input);
  const made = await (await hub()).createToken({
    name: argument(input, 0),
    permissions,
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
  });
  if (output.isJson) output.json(made);
  else {
    output.line(made.token);
    const end = made.record.expiresAt === undefined ? '' : ` It ends at ${made.record.expiresAt}.`;
    output.note(`This is the only time the token is shown. It may: ${made.record.permissions.join(', ')}.${end}`);
  }
  return EXIT.ok;
};

/** `mcp-hub token list`. */
export const listTokens: Run = async ({ hub, output }) => {
  const tokens = await (await hub()).tokens();
  if (output.isJson) output.json({ tokens });
  else if (tokens.length === 0) output.note('There are no tokens. See: mcp-hub token create --help');
  else {
    await output.table(
      ['name', 'from', 'ends', 'last used', 'permissions'],
      tokens.map((it) => [it.name, it.source, it.expiresAt ?? 'never', it.lastUsedAt ?? '', it.permissions.join(', ')]),
    );
  }
  return EXIT.ok;
};

/** `mcp-hub token revoke`. */
export const revokeToken: Run = async ({ hub, output }, input) => {
  const name = argument(input, 0);
  await (await hub()).revokeToken(name);
  if (output.isJson) output.json({ token: name, revoked: true });
  else output.line(`The token ${output.paint.bold(name)} is revoked.`);
  return EXIT.ok;
};

/** `mcp-hub secret set`: the value comes from stdin or a prompt, never from the command line, which others can read. */
export const setSecret: Run = async ({ hub, io, output }, input) => {
  const name = argument(input, 0);
  const client = await hub();
  const value = io.stdin.isTTY === true ? await ask(name) : await readAll(io.stdin);
  if (value === '') throw new UsageError('the value is empty; pipe it in, or type it at the prompt');
  await client.setSecret(name, value);
  if (output.isJson) output.json({ name, set: true });
  else output.line(`The secret is kept. Use it in settings as \${secret:${name}}.`);
  return EXIT.ok;
};

/** `mcp-hub secret list`. */
export const listSecrets: Run = async ({ hub, output }) => {
  const secrets = await (await hub()).secrets();
  if (output.isJson) output.json({ secrets });
  else if (secrets.length === 0) output.note('There are no secrets. See: mcp-hub secret set --help');
  else {
    await output.table(
      ['name', 'set at'],
      secrets.map((it) => [it.name, it.updatedAt]),
    );
  }
  return EXIT.ok;
};

/** `mcp-hub secret remove`. */
export const removeSecret: Run = async ({ hub, output }, input) => {
  const name = argument(input, 0);
  await (await hub()).removeSecret(name);
  if (output.isJson) output.json({ name, removed: true });
  else output.line(`The secret ${output.paint.bold(name)} is removed.`);
  return EXIT.ok;
};

async function ask(name: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message: `Value of ${name}` });
  if (isCancel(answer)) throw new HubError('request.cancelled', 'Nothing was set.');
  return answer ?? '';
}

/** All of stdin without the line end that `echo` adds. */
async function readAll(stdin: CliIo['stdin']): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > MAX_SECRET_LENGTH)
      throw new UsageError(`the value is longer than ${MAX_SECRET_LENGTH} characters`);
  }
  return text.replace(/\r?\n$/, '');
}

/** `30d`, `12h`, `90m`, `3600`: how long a token lives. */
function secondsOf(input: CommandInput): number | undefined {
  const text = textOption(input, 'expires');
  if (text === undefined) return undefined;
  const [, count, unit = 's'] = /^(\d{1,9})([smhdw])?$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`--expires: ${text} is no time such as 30d, 12h or 90m`);
  return Number(count) * (SECONDS[unit] ?? 1);
}
