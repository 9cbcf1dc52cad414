import { Command } from 'commander';
import type { CommandInput, CommandSpec, OptionSpec } from './command.ts';
import { COMMANDS, COMMON_OPTIONS, GROUPS, HUB_OPTIONS } from './commands.ts';
import { EXIT } from './failure.ts';
import type { CliIo } from './io.ts';

const EXIT_CODES = `Exit codes: ${EXIT.ok} done, ${EXIT.failed} failed, ${EXIT.usage} the command line is wrong.`;
const DEFAULT_COLUMNS = 100;

/** Does what the user asked for. */
export type Dispatch = (spec: CommandSpec, input: CommandInput) => Promise<void>;

/** Makes the parser of the command line from the list of commands. It throws CommanderError instead of exiting. */
export function createProgram(io: CliIo, dispatch: Dispatch): Command {
  const program = prepare(new Command('mcp-hub'), io)
    .description('A registry and gateway for MCP servers: list them, run them, serve them to any MCP client.')
    .usage('<command> [options]')
    .addHelpText('after', `\nExample:\n  mcp-hub serve\n\n${EXIT_CODES}\nHelp on a command: mcp-hub <command> --help`);
  for (const option of [...COMMON_OPTIONS, ...HUB_OPTIONS]) addOption(program, option);
  const groups = new Map<string, Command>();
  for (const spec of COMMANDS) {
    const [first = '', second] = spec.name.split(' ');
    if (second === undefined) addCommand(program, first, spec, io, dispatch);
    else {
      let group = groups.get(first);
      if (group === undefined) {
        group = prepare(program.command(first), io)
          .description(GROUPS[first] ?? '')
          .usage('<command> [options]');
        groups.set(first, group);
      }
      addCommand(group, second, spec, io, dispatch);
    }
  }
  return program;
}

function addCommand(parent: Command, name: string, spec: CommandSpec, io: CliIo, dispatch: Dispatch): void {
  const command = prepare(parent.command(name), io).summary(spec.summary).description(describe(spec));
  for (const { syntax, meaning } of spec.args ?? []) command.argument(syntax, meaning);
  for (const option of optionsOf(spec)) addOption(command, option);
  command.addHelpText('after', `\nExample:\n  mcp-hub ${spec.example}`);
  command.action(async () => {
    // Options that stand before the command count too; those after it are stronger.
    await dispatch(spec, { args: command.processedArgs, options: { ...rootOptions(command), ...command.opts() } });
  });
}

/** The options of a command, the common ones last. */
export function optionsOf(spec: CommandSpec): OptionSpec[] {
  return [...(spec.options ?? []), ...(spec.isLocal === true ? [] : HUB_OPTIONS), ...COMMON_OPTIONS];
}

/** Summary as a sentence, and what there is to say besides. */
export function describe(spec: CommandSpec): string {
  const sentence = `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}.`;
  return spec.description === undefined ? sentence : `${sentence}\n\n${spec.description}`;
}

function rootOptions(command: Command): Record<string, unknown> {
  return command.parent === null ? {} : { ...rootOptions(command.parent), ...command.parent.opts() };
}

function addOption(command: Command, { flags, meaning, isList }: OptionSpec): void {
  if (isList !== true) command.option(flags, meaning);
  else
    command.option(flags, `${meaning} (may stand several times)`, (value: string, old: string[] = []) => [
      ...old,
      value,
    ]);
}

function prepare(command: Command, io: CliIo): Command {
  return command
    .exitOverride()
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? DEFAULT_COLUMNS,
      getErrHelpWidth: () => io.stderr.columns ?? DEFAULT_COLUMNS,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}
