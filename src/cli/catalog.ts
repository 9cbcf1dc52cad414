import { createWriteStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HubError, messageOf } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { RUNTIME_META } from '../hub/runtime-meta.ts';
import type { ServerRow } from './api-client.ts';
import {
  argument,
  type CliContext,
  type CommandInput,
  hasFlag,
  optionalArgument,
  type Run,
  textOption,
} from './command.ts';
import { paintState } from './deployment-text.ts';
import { EXIT, UsageError } from './failure.ts';
import { problemOf, wholeText } from './hub-http.ts';
import { oneLine, shorten } from './text.ts';

const DEFAULT_LIMIT = 50;
const PAGE_SIZE = 100;
const DESCRIPTION_LENGTH = 100;
/** Largest server.json that is sent. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;

/** `mcp-hub servers list`: the latest version of each server. */
export const listServers: Run = (context, input) => showServers(context, input, undefined);

/** `mcp-hub servers search`: the same for what matches, best first. */
export const searchServers: Run = (context, input) => showServers(context, input, argument(input, 0));

async function showServers(
  { hub, output }: CliContext,
  input: CommandInput,
  search: string | undefined,
): Promise<number> {
  const limit = hasFlag(input, 'all') ? Number.POSITIVE_INFINITY : limitOf(input);
  const client = await hub();
  const rows: ServerRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.servers({
      limit: Math.min(PAGE_SIZE, limit - rows.length),
      ...(search === undefined ? {} : { search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    rows.push(...page.servers);
    cursor = page.nextCursor;
  } while (cursor !== undefined && rows.length < limit);
  if (output.isJson) {
    output.json(rows);
    return EXIT.ok;
  }
  if (rows.length === 0) {
    output.note(search === undefined ? 'The catalogue is empty. See: mcp-hub import --help' : 'Nothing was found.');
    return EXIT.ok;
  }
  await output.table(
    ['name', 'version', 'state', 'description'],
    rows.map((row) => [
      textOf(row.server.name),
      textOf(row.server.version),
      paintState(output.paint, runtimeState(row)),
      shorten(oneLine(textOf(row.server.description)), DESCRIPTION_LENGTH),
    ]),
  );
  if (cursor !== undefined) output.note(`There are more: --limit ${limit * 2}, or --all.`);
  return EXIT.ok;
}

/** `mcp-hub servers show`: one version of one server. */
export const showServer: Run = async ({ hub, output }, input) => {
  const row = await (await hub()).server(argument(input, 0), textOption(input, 'version') ?? 'latest');
  if (output.isJson) {
    output.json(row);
    return EXIT.ok;
  }
  const { server } = row;
  const { paint } = output;
  output.line(`${paint.bold(textOf(server.name))} ${textOf(server.version)}`);
  if (textOf(server.title) !== '') output.line(textOf(server.title));
  output.line(oneLine(textOf(server.description)));
  output.line();
  const runtime = row._meta[RUNTIME_META];
  if (isObject(runtime)) {
    output.line(`state       ${paintState(paint, textOf(runtime.status))}`);
    output.line(`endpoint    ${textOf(runtime.mcpEndpoint)}`);
    const tools = isObject(runtime.capabilities) ? runtime.capabilities.tools : undefined;
    if (Array.isArray(tools)) output.line(`tools       ${tools.map(textOf).join(', ')}`);
  } else output.line('state       not deployed');
  if (isObject(server.repository)) output.line(`repository  ${textOf(server.repository.url)}`);
  for (const pack of objects(server.packages)) {
    output.line(`package     ${textOf(pack.registryType)} ${textOf(pack.identifier)} ${textOf(pack.version)}`);
    for (const variable of objects(pack.environmentVariables)) output.line(`  --env     ${inputText(variable)}`);
  }
  for (const remote of objects(server.remotes)) {
    output.line(`remote      ${textOf(remote.type)} ${textOf(remote.url)}`);
    for (const header of objects(remote.headers)) output.line(`  --header  ${inputText(header)}`);
  }
  return EXIT.ok;
};

/** `mcp-hub publish`: sends a server.json to the registry. */
export const publish: Run = async ({ hub, io, output }, input) => {
  const file = path.resolve(io.cwd, argument(input, 0));
  const document = await readDocument(file);
  const row = await (await hub()).publish(document);
  if (output.isJson) output.json(row);
  else {
    const { server } = row;
    output.line(`Published ${output.paint.bold(textOf(server.name))} ${textOf(server.version)}.`);
    output.note(`Run it with: mcp-hub deploy ${textOf(server.name)}`);
  }
  return EXIT.ok;
};

/** `mcp-hub export`: the whole catalogue, one row a line. */
export const exportCatalog: Run = async ({ hub, io, output, signal }, input) => {
  const { http } = await hub();
  const answer = await http.stream({ path: '/api/v1/export', headers: { accept: 'application/x-ndjson' }, signal });
  if (answer.status >= 300) throw problemOf(answer.status, await wholeText(answer.chunks), http.url);
  const name = optionalArgument(input, 0);
  if (name === undefined || name === '-') {
    for await (const chunk of answer.chunks) output.raw(chunk);
    return EXIT.ok;
  }
  const file = path.resolve(io.cwd, name);
  const draft = `${file}.${process.pid}.tmp`;
  let rows = 0;
  const counted = async function* (): AsyncGenerator<string> {
    for await (const chunk of answer.chunks) {
      for (const letter of chunk) if (letter === '\n') rows++;
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.from(counted()), createWriteStream(draft));
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  if (output.isJson) output.json({ file, rows });
  else output.line(`Wrote ${rows} rows to ${name}.`);
  return EXIT.ok;
};

async function readDocument(file: string): Promise<JsonValue> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new HubError('registry.invalid', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  try {
    return parseJson(text, { maxBytes: MAX_DOCUMENT_BYTES, maxDepth: 64 });
  } catch (cause) {
    throw new HubError('registry.invalid', `${file}: ${messageOf(cause)}`, { cause });
  }
}

function limitOf(input: CommandInput): number {
  const text = textOption(input, 'limit');
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit: ${text} is no whole number from 1 up`);
  return limit;
}

function runtimeState(row: ServerRow): string {
  const runtime = row._meta[RUNTIME_META];
  return isObject(runtime) ? textOf(runtime.status) : '';
}

function inputText(input: JsonObject): string {
  const marks = [input.isRequired === true ? 'required' : '', input.isSecret === true ? 'secret' : ''].filter(Boolean);
  const description = oneLine(textOf(input.description));
  return `${textOf(input.name)}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}${description === '' ? '' : `: ${description}`}`;
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
