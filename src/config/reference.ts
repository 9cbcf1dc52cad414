import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { ALIASES } from './aliases.ts';
import { allowedText, configJsonSchema, listSettings, schemaAt, variableName } from './setting-list.ts';

const INTRO = `# Configuration

<!-- Made by scripts/gen-reference.mjs from src/config/schema.ts. Change the descriptions there. -->

One file, YAML, TOML or JSON by its ending, and none is needed: every setting has a default.

The file is the first of: \`--config FILE\`, the environment variable \`MCP_HUB_CONFIG\`, \`mcp-hub.yaml\`, \`mcp-hub.yml\`,
\`mcp-hub.toml\`, \`mcp-hub.json\` in the working directory. \`mcp-hub config check\` tells what is wrong with it,
\`mcp-hub config print\` shows what the hub makes of it, with secrets masked.

Each setting can be overridden by the environment variable beside it: \`MCP_HUB_API_PORT=9000\`. Lists of texts are
written with commas, lists of groups as JSON. An option of \`mcp-hub serve\` is stronger than the environment, the
environment is stronger than the file. A variable that begins with \`MCP_HUB_\` and means nothing gets a warning.
\`MCP_HUB_KEY\` (the hub's own key, 32 bytes as base64 or hexadecimal; otherwise \`hub.key\` in the data folder),
\`MCP_HUB_URL\` and \`MCP_HUB_TOKEN\` (for the command line) stand outside of the file.

Paths in the file are relative to the file's folder; paths from the environment or the command line, and default paths,
are relative to the working directory.

An unknown key or a bad value stops the start with one line, \`file:line: path: what is wrong; what is allowed\`:

\`\`\`
mcp-hub.yaml:4: api.prot: unknown key; did you mean "port"? allowed: host, port, allowedHosts, …
\`\`\`

## References

In every text of the file:

| reference | becomes |
|---|---|
| \`\${env:NAME}\` | the environment variable; the start stops when it is not set |
| \`\${env:NAME:-default}\` | the same, or the default when it is not set or empty |
| \`\${file:/path}\` | what the file holds, without the line end |
| \`\${secret:NAME}\` | in the settings of a server: a sealed secret of the hub (\`mcp-hub secret set NAME\`), put in when the server is loaded |
| \`\${hub:url}\`, \`\${hub:seed}\` | in the settings of a server: the hub's own address, the folder of the built-in seed |
| \`$\${env:NAME}\` | the text \`\${env:NAME}\` itself |
`;

/** The page `docs/reference/configuration.md`, made from the schema. */
export function configurationReference(): string {
  const root = configJsonSchema();
  const parts = [INTRO];
  const top = listSettings().filter((setting) => setting.path.length === 1 && setting.path[0] === 'dataDir');
  parts.push(`## Top\n\n${settingTable(top.map((setting) => setting.path))}`);
  for (const [section, schema] of Object.entries(root.properties ?? {})) {
    if (!isObject(schema) || !isObject(schema.properties)) continue;
    const paths = listSettings().flatMap(({ path }) => (path[0] === section ? [path] : []));
    parts.push(`## ${section}\n\n${textOf(schema.description)}\n\n${settingTable(paths)}`);
    if (section === 'auth') {
      parts.push(`Each of \`auth.tokens\`:\n\n${keyTable(schemaAt(['auth', 'tokens', 0]))}`);
      parts.push(`Each of \`auth.oidc\`:\n\n${keyTable(schemaAt(['auth', 'oidc', 0]))}`);
    }
  }
  const server = schemaAt(['servers', 0]);
  parts.push(
    `## servers\n\n${textOf(schemaAt(['servers'])?.description)}\n\nEach needs \`name\` or one of the shapes that say what to run.\n\n${keyTable(server)}`,
  );
  for (const [key, schema] of Object.entries(server?.properties ?? {})) {
    if (isObject(schema) && isObject(schema.properties)) {
      parts.push(`### servers[].${key}\n\n${textOf(schema.description)}\n\n${keyTable(schema)}`);
    }
  }
  parts.push(`## mcpServers\n\n${textOf(schemaAt(['mcpServers'])?.description)} Other keys get a warning.\n`);
  parts.push(aliasTable());
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`;
}

function settingTable(paths: readonly (readonly string[])[]): string {
  const rows = paths.map((path) => {
    const schema = schemaAt(path) ?? {};
    return [
      `\`${path.join('.')}\``,
      allowedText(schema),
      defaultText(schema),
      `\`${variableName(path)}\``,
      textOf(schema.description),
    ];
  });
  return table(['setting', 'allowed', 'default', 'environment', 'what it is'], rows);
}

function keyTable(schema: JsonObject | undefined): string {
  const required = Array.isArray(schema?.required) ? schema.required : [];
  const rows = Object.entries(schema?.properties ?? {}).map(([key, child]: [string, JsonValue | undefined]) => {
    const known = isObject(child) ? child : {};
    const needed = required.includes(key) ? 'yes' : '';
    return [
      `\`${key}\``,
      allowedText(known).replace(/^the keys .*/, `see \`servers[].${key}\``),
      needed,
      textOf(known.description),
    ];
  });
  return table(['key', 'allowed', 'required', 'what it is'], rows);
}

function aliasTable(): string {
  const rows = ALIASES.map(({ from, to, note }) => [`\`${from.join('.')}\``, `\`${to.join('.')}\``, note ?? '']);
  return `## Other spellings\n\nThese mean the same; the two do not stand side by side.\n\n${table(['key', 'means', 'remark'], rows)}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

function defaultText(schema: JsonObject): string {
  const value = schema.default;
  if (value === undefined) return '';
  return `\`${JSON.stringify(value)}\``;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
