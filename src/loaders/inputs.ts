import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';

/** Something that the operator must give before the server can run. */
export interface MissingInput {
  name: string;
  kind: 'env' | 'argument' | 'variable' | 'header';
  description?: string;
  isSecret?: boolean;
}

/** Where an input stands in an entry. */
export interface InputPlace {
  kind: MissingInput['kind'];
  /** Its name in the settings and in messages. */
  name: string;
  /** What the operator gave for it, references unresolved. */
  given?: string | undefined;
  /** The operator's value replaces a fixed one. */
  canReplaceFixed?: boolean;
  /** The value will stand in a command line, which every user of the machine can read. */
  isVisible?: boolean;
}

/** Longest value of one input. */
const MAX_VALUE_LENGTH = 64 * 1024;

/** Reads the inputs of an entry (registry-api.md, section 7.7) and collects what is missing. */
export interface InputReader {
  /**
   * The value of an input: fixed, given, or its default; undefined when it has none. A required one is noted as missing.
   *
   * @throws HubError `deployment.invalid` for a value that the entry does not allow, and what resolving throws.
   */
  read(input: JsonObject, place: InputPlace): Promise<string | undefined>;
  /**
   * Replaces the `{variables}` of a text. Undefined when one has no value; it is noted as missing when it is required
   * or `needsAll` is set.
   */
  expand(text: string, variables: JsonValue | undefined, needsAll: boolean): Promise<string | undefined>;
  /** @throws HubError `deployment.needs_input` when something is missing; `data.missing` lists it. */
  finish(): void;
}

/** Makes the {@link InputReader} of one deployment. Only what the operator gave may hold references to secrets. */
export function createInputReader(
  settings: DeploymentSettings,
  resolve: (text: string) => Promise<string>,
): InputReader {
  const missing = new Map<string, MissingInput>();

  const note = (input: JsonObject, kind: MissingInput['kind'], name: string): void => {
    missing.set(`${kind} ${name}`, {
      name,
      kind,
      ...(typeof input.description === 'string' ? { description: input.description.slice(0, 500) } : {}),
      ...(input.isSecret === true ? { isSecret: true } : {}),
    });
  };

  const expand: InputReader['expand'] = async (text, variables, needsAll) => {
    const declared = isObject(variables) ? variables : {};
    const values = new Map<string, string>();
    let isComplete = true;
    for (const [whole, name = ''] of text.matchAll(/\{([^{}\s]{1,200})\}/g)) {
      const variable = Object.hasOwn(declared, name) ? declared[name] : undefined;
      const given = ownValue(settings.variables, name);
      if (!isObject(variable) && given === undefined && !needsAll) continue;
      const input = isObject(variable) ? variable : {};
      const value = given === undefined ? (textOf(input.value) ?? textOf(input.default)) : await resolve(given);
      if (value === undefined) {
        isComplete = false;
        if (needsAll || input.isRequired === true) note(input, 'variable', name);
      } else {
        assertAllowed(value, input, `variable "${name}"`);
        values.set(whole, value);
      }
    }
    return isComplete ? text.replace(/\{[^{}\s]{1,200}\}/g, (whole) => values.get(whole) ?? whole) : undefined;
  };

  return {
    expand,
    async read(input, place) {
      const { kind, name, given } = place;
      const what = `${NOUNS[kind]} "${name}"`;
      const fixed = textOf(input.value);
      const useGiven = given !== undefined && (fixed === undefined || place.canReplaceFixed === true);
      if (useGiven && place.isVisible && input.isSecret === true && given.includes(`\${secret:`)) {
        throw new HubError(
          'deployment.invalid',
          `The ${what} is a secret that this server takes in its command line, where every user of the machine can read it. The hub does not put secrets there; give it as an environment variable if the server takes one.`,
        );
      }
      const before = missing.size;
      let value = useGiven ? await resolve(given) : undefined;
      value ??= await expandOptional(fixed, input);
      if (value === undefined && fixed === undefined) value = await expandOptional(textOf(input.default), input);
      if (value === undefined) {
        // A variable that was noted already says better what is missing.
        if (input.isRequired === true && missing.size === before) note(input, kind, name);
        return undefined;
      }
      assertAllowed(value, input, what);
      return value;
    },
    finish() {
      if (missing.size === 0) return;
      const list = [...missing.values()];
      const names = list.map(({ name, kind }) => `${NOUNS[kind]} ${name}`).join(', ');
      throw new HubError('deployment.needs_input', `The server needs more to run: ${names}.`, {
        data: { missing: list },
      });
    },
  };

  function expandOptional(text: string | undefined, input: JsonObject): Promise<string | undefined> {
    return text === undefined ? Promise.resolve(undefined) : expand(text, input.variables, false);
  }
}

const NOUNS: Readonly<Record<MissingInput['kind'], string>> = {
  env: 'environment variable',
  argument: 'argument',
  variable: 'variable',
  header: 'header',
};

/** A property of a record that is its own and is set. */
export function ownValue(record: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The objects in a list that should hold objects. */
export function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Entries in the wild write numbers and booleans as such. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function assertAllowed(value: string, input: JsonObject, what: string): void {
  const problem = problemOf(value, input);
  if (problem === undefined) return;
  const shown = input.isSecret === true || value.length > 100 ? '' : `, not "${value}"`;
  throw new HubError('deployment.invalid', `The ${what} must be ${problem}${shown}.`);
}

function problemOf(value: string, input: JsonObject): string | undefined {
  if (value.length > MAX_VALUE_LENGTH) return `at most ${MAX_VALUE_LENGTH} characters long`;
  if (value.includes('\0')) return 'without a NUL character';
  const choices = Array.isArray(input.choices) ? input.choices.map(textOf) : [];
  if (choices.length > 0 && !choices.includes(value)) return `one of ${choices.join(', ').slice(0, 500)}`;
  if (input.format === 'number' && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return 'a number';
  if (input.format === 'boolean' && value !== 'true' && value !== 'false') return 'true or false';
  return undefined;
}
