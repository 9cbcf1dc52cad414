import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { toolArguments } from './arguments.ts';
import { argument, type CommandInput, type Run, restArguments, textOption } from './command.ts';
import { EXIT, UsageError } from './failure.ts';
import { createMcpClient, type McpClient } from './mcp-client.ts';
import type { Output } from './output.ts';
import { oneLine, shorten } from './text.ts';

const DESCRIPTION_LENGTH = 120;

/** `mcp-hub tools`: what a server offers. */
export const tools: Run = async ({ hub, output, signal }, input) => {
  const { http } = await hub();
  const list = await createMcpClient(http, argument(input, 0)).tools(signal);
  if (output.isJson) output.json({ tools: list });
  else if (list.length === 0) output.note('This server has no tools.');
  else {
    await output.table(
      ['tool', 'arguments', 'description'],
      list.map((tool) => [
        tool.name,
        argumentsText(tool.inputSchema),
        shorten(oneLine(tool.description ?? tool.title ?? ''), DESCRIPTION_LENGTH),
      ]),
    );
  }
  return EXIT.ok;
};

/** `mcp-hub call`: one call of one tool. The exit code is 1 when the tool says that it failed. */
export const call: Run = async ({ hub, output, signal }, input) => {
  const { http } = await hub();
  const client = createMcpClient(http, argument(input, 0));
  const tool = argument(input, 1);
  const args = await argumentsFor(client, tool, input, signal);
  const result = await client.call(tool, args, {
    signal,
    ...(output.isJson ? {} : { onProgress: (params: JsonObject) => output.note(progressText(params)) }),
  });
  if (output.isJson) output.json(result);
  else showResult(output, result);
  if (result.resultType === 'input_required') {
    output.error(`${tool} asks for more input, which the command line cannot give.`, 'call it from an MCP client');
    return EXIT.failed;
  }
  if (result.isError !== true) return EXIT.ok;
  if (!output.isJson) output.error(`${tool} says that it failed.`);
  return EXIT.failed;
};

async function argumentsFor(
  client: McpClient,
  tool: string,
  input: CommandInput,
  signal: AbortSignal,
): Promise<JsonObject> {
  const json = textOption(input, 'args');
  const pairs = restArguments(input, 2);
  const given = json === undefined ? {} : parseArguments(json);
  if (pairs.length === 0) return given;
  const known = (await client.tools(signal)).find((candidate) => candidate.name === tool);
  return { ...given, ...toolArguments(pairs, known?.inputSchema) };
}

function parseArguments(text: string): JsonObject {
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch {
    // The message below says it all.
  }
  throw new UsageError('--args: not a JSON object, such as \'{"timezone":"Europe/Berlin"}\'');
}

/** `city, days?`: what may be given, with a mark for what need not. */
function argumentsText(schema: JsonObject | undefined): string {
  const properties = isObject(schema?.properties) ? Object.keys(schema.properties) : [];
  const required = Array.isArray(schema?.required) ? schema.required : [];
  return properties.map((name) => (required.includes(name) ? name : `${name}?`)).join(', ');
}

function progressText(params: JsonObject): string {
  const { progress, total, message } = params;
  const count = typeof total === 'number' ? `${String(progress)}/${total}` : String(progress ?? '');
  return typeof message === 'string' ? `${count} ${message}` : count;
}

function showResult(output: Output, result: JsonObject): void {
  const blocks = Array.isArray(result.content) ? result.content.filter(isObject) : [];
  for (const block of blocks) output.line(blockText(block));
  if (blocks.length === 0 && result.structuredContent !== undefined) {
    output.line(JSON.stringify(result.structuredContent, null, 2));
  }
}

/** One content block; what is no text is named with its size. */
function blockText(block: JsonObject): string {
  switch (block.type) {
    case 'text':
      return text(block.text);
    case 'image':
    case 'audio':
      return `[${block.type} ${text(block.mimeType)}, ${byteLength(block.data)} bytes; --json shows it]`;
    case 'resource_link':
      return `[resource ${text(block.uri)}${typeof block.title === 'string' ? `: ${block.title}` : ''}]`;
    case 'resource': {
      const { resource } = block;
      if (!isObject(resource)) return '[resource]';
      if (typeof resource.text === 'string') return resource.text;
      return `[resource ${text(resource.uri)}, ${byteLength(resource.blob)} bytes; --json shows it]`;
    }
    default:
      return `[${text(block.type) || 'content'}; --json shows it]`;
  }
}

function byteLength(base64: JsonValue | undefined): number {
  return typeof base64 === 'string' ? Buffer.byteLength(base64, 'base64') : 0;
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
