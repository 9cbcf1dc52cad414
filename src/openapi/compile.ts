import { messageOf } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { OpenApiAuth } from '../config/settings.ts';
import { planArguments } from './arguments.ts';
import { type ArgumentCheck, createArgumentCheck } from './check-arguments.ts';
import type { Api, Operation, SecurityAlternative, SecurityScheme } from './model.ts';
import { nameOperations } from './names.ts';
import { toApi } from './normalise.ts';
import { planOutput } from './output.ts';
import { createRequestBuilder, type RequestBuilder } from './request.ts';
import { createSchemaConverter, type SchemaConverter } from './schema.ts';
import { isManagedParameter } from './security.ts';
import { createSelector } from './select.ts';
import { describeTool } from './tool.ts';
import { createValidators, type SchemaCheck, type Validators } from './validate.ts';
import { createWarnings, type Warning } from './warnings.ts';

/** How a document is compiled. */
export interface CompileOptions {
  /** What messages call the document; default `document`. */
  name?: string;
  /** Operations to take and to leave, see `createSelector`. */
  include?: readonly string[];
  exclude?: readonly string[];
  /** The operator's credentials (values or references): parameters that they fill in are no arguments. */
  auth?: readonly OpenApiAuth[];
  /** Names of the headers that the operator sends with every request; the same holds for them. */
  headers?: readonly string[];
  /** Hears what only shows when a tool is used: a schema that cannot be compiled. */
  onWarning?(warning: Warning): void;
}

/** One operation, ready to be listed and called. */
export interface CompiledTool {
  readonly name: string;
  /** The entry of `tools/list`. */
  readonly definition: JsonObject;
  readonly method: string;
  /** Path key of the document. */
  readonly path: string;
  readonly security: readonly SecurityAlternative[] | undefined;
  /** Base URLs of its own; empty: those of the document. */
  readonly servers: readonly string[];
  /** Brings arguments into their final form, or says what is wrong with them. */
  readonly check: ArgumentCheck;
  /** Turns checked arguments into a request. */
  readonly build: RequestBuilder;
  /** Present when the tool shows an output schema. */
  readonly output?: SchemaCheck;
}

/** A document as tools. */
export interface CompiledApi {
  readonly info: {
    title: string;
    version: string;
    description?: string;
    /** `openapi` or `swagger` as written. */
    specification: string;
    /** Operations found, selected or not. */
    operations: number;
  };
  readonly servers: readonly string[];
  readonly securitySchemes: ReadonlyMap<string, SecurityScheme>;
  readonly tools: readonly CompiledTool[];
  readonly warnings: readonly Warning[];
}

/** Largest tool, as JSON in the list. */
export const MAX_TOOL_BYTES: number = 512 * 1024;
/** All tools together, those included that are too large to be taken: measuring them costs time as well. */
export const MAX_TOOLS_BYTES: number = 64 * 1024 * 1024;

/**
 * Compiles a document into tools. An operation that cannot be used is left out and reported with its place and the
 * reason; the others work.
 *
 * @param document a tree of JSON values, see `readDocument`; it is not changed and must not change afterwards.
 * @throws HubError `loader.bad_document` when it is not an OpenAPI document of a known version.
 */
export function compile(document: JsonObject, options: CompileOptions = {}): CompiledApi {
  const warnings = createWarnings();
  const { api, resolver } = toApi(document, options.name ?? 'document', warnings);
  const shared = { resolver, dialect: api.dialect, warnings };
  const workshop: Workshop = {
    api,
    input: createSchemaConverter({ ...shared, direction: 'input' }),
    output: createSchemaConverter({ ...shared, direction: 'output' }),
    validators: createValidators(),
    auth: options.auth ?? [],
    headers: new Set((options.headers ?? []).map((name) => name.toLowerCase())),
    onWarning: options.onWarning ?? (() => {}),
  };
  const names = nameOperations(api.operations);
  const { select, reportUnused } = createSelector(options.include, options.exclude);
  const tools: CompiledTool[] = [];
  let bytes = 0;
  for (const operation of api.operations) {
    const name = names.get(operation) ?? '';
    if (!select(operation, name)) continue;
    if (bytes > MAX_TOOLS_BYTES) {
      const reason = `All tools together are larger than ${MAX_TOOLS_BYTES} bytes; this one and the rest are left out.`;
      warnings.add(operation.place, `${reason} Choose some with openapi.include.`);
      break;
    }
    try {
      const { tool, size } = compileTool(operation, name, workshop);
      bytes += size;
      if (size > MAX_TOOL_BYTES) throw new Error(`its description is larger than ${MAX_TOOL_BYTES} bytes`);
      tools.push(tool);
    } catch (error) {
      warnings.add(operation.place, `The operation is left out: ${messageOf(error)}.`);
    }
  }
  reportUnused(warnings);
  const { title, version, description, specification } = api;
  return {
    info: {
      title,
      version,
      ...(description === undefined ? {} : { description }),
      specification,
      operations: api.operations.length,
    },
    servers: api.servers,
    securitySchemes: api.securitySchemes,
    tools,
    warnings: warnings.list(),
  };
}

interface Workshop {
  api: Api;
  input: SchemaConverter;
  output: SchemaConverter;
  validators: Validators;
  auth: readonly OpenApiAuth[];
  headers: ReadonlySet<string>;
  onWarning(warning: Warning): void;
}

function compileTool(operation: Operation, name: string, workshop: Workshop): { tool: CompiledTool; size: number } {
  const { api, input, output, validators, auth, headers, onWarning } = workshop;
  const plan = planArguments(operation, input, (parameter) =>
    isManagedParameter(parameter, api.securitySchemes, auth, headers),
  );
  const outputSchema = planOutput(operation, output);
  const definition = describeTool(operation, name, plan.inputSchema, outputSchema);
  const broken = (what: string) => (reason: string) =>
    onWarning({ place: operation.place, reason: `${what} of ${name} cannot be checked: ${reason}` });
  return {
    size: JSON.stringify(definition).length,
    tool: {
      name,
      definition,
      method: operation.method,
      path: operation.path,
      security: operation.security,
      servers: operation.servers,
      check: createArgumentCheck(plan, validators.check(plan.inputSchema, broken('The arguments')), input.expand),
      build: createRequestBuilder(operation, plan),
      ...(outputSchema === undefined ? {} : { output: validators.check(outputSchema, broken('The answers')) }),
    },
  };
}
