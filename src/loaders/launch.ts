import { HubError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { createInputReader, type InputReader, objectsIn, ownValue } from './inputs.ts';
import type { LoadContext } from './loader.ts';

/** How a package is started: arguments as they go into argv, never a shell line. */
export interface LaunchPlan {
  /** For the program that runs the package. */
  runtimeArguments: string[];
  /** For the package. */
  packageArguments: string[];
  env: Record<string, string>;
}

/** What a plan is made from. */
export type LaunchContext = Pick<LoadContext, 'deployment' | 'resolve' | 'trust'>;

/**
 * Works out arguments and environment of a package from its entry and the deployment's settings (registry-api.md,
 * sections 7.4 and 7.7). `undefined` stands for a package that no entry describes.
 *
 * @throws HubError `deployment.needs_input` with everything that is missing, `deployment.invalid` for what is not
 * allowed, `secret.not_found`.
 */
export async function planLaunch(pkg: JsonObject | undefined, context: LaunchContext): Promise<LaunchPlan> {
  const reader = createInputReader(context.deployment.settings, context.resolve);
  const extra = await readExtraArguments(context.deployment.settings.args, context);
  const runtimeArguments = await readArguments(pkg?.runtimeArguments, reader, context);
  const declared = await readArguments(pkg?.packageArguments, reader, context, extra);
  const env = await readEnvironment(pkg?.environmentVariables, reader, context);
  reader.finish();
  return { runtimeArguments, packageArguments: [...declared, ...extra], env };
}

/**
 * Resolves the references in arguments that the operator gave.
 *
 * @throws HubError `deployment.invalid` when one holds a secret, which would stand readable in the process list.
 */
export async function readExtraArguments(args: readonly string[] = [], context: LaunchContext): Promise<string[]> {
  const resolved: string[] = [];
  for (const arg of args) {
    if (arg.includes(`\${secret:`)) {
      throw new HubError(
        'deployment.invalid',
        'An argument holds a secret. Arguments can be read by every user of the machine; give secrets in "env".',
      );
    }
    resolved.push(await context.resolve(arg));
  }
  return resolved;
}

/**
 * Resolves the environment that the operator gave.
 *
 * @throws HubError `deployment.invalid` for a name that cannot be one, or that changes how programs are loaded when
 * it was not the operator of this hub who set it.
 */
export async function readGivenEnvironment(context: LaunchContext): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.deployment.settings.env ?? {})) {
    assertName(name, context.trust === 'operator');
    env[name] = await context.resolve(value);
  }
  return env;
}

/** Required positional arguments without a value of their own take the next of `spare`, which they are taken out of. */
async function readArguments(
  list: JsonValue | undefined,
  reader: InputReader,
  context: LaunchContext,
  spare: string[] = [],
): Promise<string[]> {
  const { variables } = context.deployment.settings;
  const argv: string[] = [];
  let position = 0;
  for (const input of objectsIn(list)) {
    const isNamed = input.type === 'named' && typeof input.name === 'string' && input.name !== '';
    const declared = isNamed ? String(input.name) : nameOfPositional(input, ++position);
    const own = ownValue(variables, declared) ?? ownValue(variables, declared.replace(/^-+/, ''));
    const given = own ?? (isNamed || !isAsked(input) ? undefined : spare.shift());
    const value = await reader.read(input, { kind: 'argument', name: declared, given, isVisible: true });
    if (value === undefined) continue;
    for (const one of input.isRepeated === true ? value.split('\n').filter((line) => line !== '') : [value]) {
      if (isNamed) argv.push(...namedArgument(withDashes(declared), one, input.format));
      else argv.push(one);
    }
  }
  return argv;
}

/** Whether an argument is required and the entry says nothing that could stand in for the operator's value. */
function isAsked(input: JsonObject): boolean {
  return input.isRequired === true && input.value === undefined && input.default === undefined;
}

function nameOfPositional(input: JsonObject, position: number): string {
  return typeof input.valueHint === 'string' && input.valueHint !== '' ? input.valueHint : `argument ${position}`;
}

/** Entries in the wild leave the dashes out; a name without them would be taken for a value. */
function withDashes(name: string): string {
  if (!/^[A-Za-z][\w-]*$/.test(name)) return name;
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** A flag is there or not; everything else is a name with its value as an argument of its own. */
function namedArgument(name: string, value: string, format: JsonValue | undefined): string[] {
  if (format === 'boolean') return value === 'true' ? [name] : [];
  return value === '' ? [name] : [name, value];
}

async function readEnvironment(
  list: JsonValue | undefined,
  reader: InputReader,
  context: LaunchContext,
): Promise<Record<string, string>> {
  const { env: given, variables } = context.deployment.settings;
  const env: Record<string, string> = {};
  for (const input of objectsIn(list)) {
    if (typeof input.name !== 'string') continue;
    const { name } = input;
    const own = ownValue(given, name) ?? ownValue(variables, name);
    const value = await reader.read(input, { kind: 'env', name, given: own, canReplaceFixed: true });
    if (value === undefined) continue;
    assertName(name, own !== undefined && context.trust === 'operator');
    env[name] = value;
  }
  return { ...env, ...(await readGivenEnvironment(context)) };
}

/** Variables with which a process can be made to load other code than its own. */
const LOADER_VARIABLE =
  /^(NODE_(OPTIONS|PATH|V8_COVERAGE|REPL_EXTERNAL_MODULE)|LD_.*|DYLD_.*|npm_.*|PYTHON(PATH|HOME|STARTUP|INSPECT)|PERL5(LIB|OPT)|RUBY(LIB|OPT)|BASH_ENV|ENV|PATH|IFS|GIT_SSH.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS)$/i;

function assertName(name: string, isOperator: boolean): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new HubError('deployment.invalid', `"${name.slice(0, 60)}" cannot be the name of an environment variable.`);
  }
  if (!isOperator && LOADER_VARIABLE.test(name)) {
    throw new HubError(
      'deployment.invalid',
      `The environment variable ${name} changes which code is loaded; only the operator of this hub may set it, in the configuration file.`,
    );
  }
}
