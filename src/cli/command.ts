import type { HubClient } from './api-client.ts';
import type { Connection } from './connection.ts';
import type { CliIo } from './io.ts';
import type { Output } from './output.ts';

/** What a command got from its command line. Options have commander's camel-cased names. */
export interface CommandInput {
  /** Positional arguments; one that may be left out is undefined, a variadic one a list. */
  args: readonly (string | readonly string[] | undefined)[];
  options: Readonly<Record<string, unknown>>;
}

/** What a command works with. */
export interface CliContext {
  readonly io: CliIo;
  readonly output: Output;
  /** Fires when the user wants to end the command. */
  readonly signal: AbortSignal;
  /** Where the hub is and how this user proves who she is; found once. */
  connection(): Promise<Connection>;
  /** The hub's API at that place. */
  hub(): Promise<HubClient>;
}

/** Does the command. A number is its exit code; nothing is 0. */
export type Run = (context: CliContext, input: CommandInput) => Promise<number | undefined>;

/** An option: commander's flags, what it means, and how often it may stand. */
export interface OptionSpec {
  flags: string;
  meaning: string;
  /** May stand several times; its value is a list. */
  isList?: boolean;
}

/** A command as data: the program, its help and `docs/reference/cli.md` are made from it. */
export interface CommandSpec {
  /** Words of the command, e.g. `servers list`. */
  name: string;
  /** Positional arguments in commander's notation, with their meaning. */
  args?: readonly { syntax: string; meaning: string }[];
  summary: string;
  /** More than the summary, when there is more to say. */
  description?: string;
  options?: readonly OptionSpec[];
  /** A line to copy, without the program's name. */
  example: string;
  /** True when the command does not talk to a running hub. */
  isLocal?: boolean;
  /** Imports the command when it is used. */
  load(): Promise<Run>;
}

/** A positional argument that commander has made sure of. */
export function argument(input: CommandInput, index: number): string {
  const value = input.args[index];
  return typeof value === 'string' ? value : '';
}

/** A positional argument that may be left out. */
export function optionalArgument(input: CommandInput, index: number): string | undefined {
  const value = input.args[index];
  return typeof value === 'string' ? value : undefined;
}

/** A variadic positional argument. */
export function restArguments(input: CommandInput, index: number): readonly string[] {
  const value = input.args[index];
  return typeof value === 'object' ? value : [];
}

/** The text of an option, or undefined. */
export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether a flag was given. */
export function hasFlag(input: CommandInput, name: string): boolean {
  return input.options[name] === true;
}

/** The texts of an option that may stand several times. */
export function listOption(input: CommandInput, name: string): readonly string[] {
  const value = input.options[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
