import type { CommandSpec, OptionSpec } from './command.ts';
import { COMMANDS, COMMON_OPTIONS, HUB_OPTIONS } from './commands.ts';
import { describe } from './program.ts';

const INTRO = `# Command line

<!-- Made by scripts/gen-reference.mjs from src/cli/commands.ts. Change the descriptions there. -->

\`mcp-hub\` runs a hub (\`serve\`) or talks to a running one over its HTTP API. In a fresh clone it is
\`node dist/cli/main.js\`. \`mcp-hub COMMAND --help\` shows what stands here.

**Which hub.** \`--url\`, else \`MCP_HUB_URL\`, else the hub that runs in this folder (it writes \`hub.json\` into its data
folder), else the port of the configuration file here, else \`http://127.0.0.1:8080\`.

**Who you are.** \`--token\`, else \`MCP_HUB_TOKEN\`, else the local administrator's token, which the hub keeps in
\`admin.token\` in its data folder, readable by its own user only. That token goes to no other hub. Other users of a
machine can read command lines, so prefer the variable to the option. See [auth.md](auth.md).

**Output.** The result goes to stdout, everything else to stderr. \`--json\` gives the result as JSON. Tables and colours
appear on a terminal only, colours not when \`NO_COLOR\` is set; elsewhere columns are separated by tabs. On a terminal
control characters are taken out of everything that comes from servers.

**Exit codes.** 0: done. 1: failed; one line on stderr says why, with the code of [errors.md](errors.md), and the next
one what to do. 2: the command line is wrong. After a second signal \`serve\` ends at once with 130.
`;

/** The page `docs/reference/cli.md`, made from the list of commands. */
export function cliReference(): string {
  const list = COMMANDS.map((spec) => `| [\`${spec.name}\`](#${anchor(spec)}) | ${cell(spec.summary)} |`);
  const parts = [
    INTRO,
    `| command | what it does |\n|---|---|\n${list.join('\n')}`,
    `## Options of every command\n\n${optionTable(COMMON_OPTIONS)}\n\nOf every command that talks to a hub:\n\n${optionTable(HUB_OPTIONS)}`,
    ...COMMANDS.map(section),
  ];
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`;
}

function section(spec: CommandSpec): string {
  const words = ['mcp-hub', spec.name, ...(spec.args ?? []).map(({ syntax }) => syntax), '[options]'];
  const parts = [`## ${spec.name}`, describe(spec), `\`\`\`\n${words.join(' ')}\n\`\`\``];
  if (spec.args !== undefined) {
    const rows = spec.args.map(({ syntax, meaning }) => `| \`${syntax}\` | ${cell(meaning)} |`);
    parts.push(`| argument | what it is |\n|---|---|\n${rows.join('\n')}`);
  }
  if (spec.options !== undefined) parts.push(optionTable(spec.options));
  parts.push(`Example: \`mcp-hub ${spec.example}\``);
  return parts.join('\n\n');
}

function optionTable(options: readonly OptionSpec[]): string {
  const rows = options.map(({ flags, meaning, isList }) => {
    return `| \`${flags}\` | ${cell(meaning)}${isList === true ? '; may stand several times' : ''} |`;
  });
  return `| option | what it means |\n|---|---|\n${rows.join('\n')}`;
}

function anchor(spec: CommandSpec): string {
  return spec.name.replaceAll(' ', '-');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
