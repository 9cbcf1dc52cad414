import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { messageOf } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { boundedPattern } from './pattern.ts';
import { describeProblems } from './problems.ts';

/** The validators of one document. */
export interface Validators {
  /**
   * Prepares the check of one schema; it is compiled when it is first used. A schema that cannot be compiled checks
   * nothing, and `onBroken` hears why, once.
   */
  check(schema: JsonObject, onBroken: (reason: string) => void): SchemaCheck;
}

/** What a check finds. */
export interface SchemaCheck {
  /** Readable problems of a value, at most ten; none when it is valid. */
  problems(value: JsonObject): string[];
  /** The places (JSON pointers) where a value differs from the schema; none when it is valid. */
  places(value: JsonValue): string[];
}

/** Values with more members than this are checked up to the first error only, so that errors cannot fill the memory. */
const MAX_MEMBERS_FOR_ALL_ERRORS = 2000;

/** An annotation in JSON Schema 2020-12, so formats are not checked; expressions are bounded. */
const OPTIONS: Options = {
  strict: false,
  validateSchema: false,
  validateFormats: false,
  addUsedSchema: false,
  ownProperties: true,
  verbose: true,
  logger: false,
  code: { regExp: Object.assign(boundedPattern, { code: 'boundedPattern' }) },
};

/** Makes the validators of one document (JSON Schema 2020-12, by ajv). */
export function createValidators(): Validators {
  let all: Ajv2020 | undefined;
  let first: Ajv2020 | undefined;

  const compile = (schema: JsonObject, allErrors: boolean): ValidateFunction => {
    if (allErrors) {
      all ??= new Ajv2020({ ...OPTIONS, allErrors: true });
      return all.compile(schema);
    }
    first ??= new Ajv2020(OPTIONS);
    return first.compile(schema);
  };

  return {
    check(schema, onBroken) {
      const compiled: (ValidateFunction | null | undefined)[] = [];
      const run = (value: JsonValue): ErrorObject[] => {
        const allErrors = isSmall(value);
        const slot = allErrors ? 1 : 0;
        if (compiled[slot] === null) return [];
        try {
          compiled[slot] ??= compile(schema, allErrors);
          const validate = compiled[slot];
          return validate?.(value) === false ? (validate.errors ?? []) : [];
        } catch (error) {
          compiled[0] = null;
          compiled[1] = null;
          onBroken(messageOf(error));
          return [];
        }
      };
      return {
        problems: (value) => describeProblems(run(value), schema),
        places: (value) => run(value).map(placeOf),
      };
    },
  };
}

function placeOf({ instancePath, keyword, params }: ErrorObject): string {
  return keyword === 'required' ? `${instancePath}/${String(params.missingProperty)}` : instancePath;
}

function isSmall(value: JsonValue): boolean {
  let members = 0;
  const visit = (node: JsonValue | undefined): boolean => {
    if (typeof node !== 'object' || node === null) return true;
    const inner = Array.isArray(node) ? node : Object.values(node);
    members += inner.length;
    return members <= MAX_MEMBERS_FOR_ALL_ERRORS && inner.every(visit);
  };
  return visit(value);
}
