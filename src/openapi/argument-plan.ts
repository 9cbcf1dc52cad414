import type { JsonObject, JsonValue } from '../base/json.ts';
import type { MediaType, Parameter } from './model.ts';

/** A parameter and the tool argument that fills it. */
export interface ParameterArgument {
  parameter: Parameter;
  argument: string;
  /** Sent when the argument is absent: the default of a parameter that the API insists on. */
  fallback?: JsonValue;
  required: boolean;
}

interface BodyBase {
  media: MediaType;
  required: boolean;
  /** Names, as the document has them, of properties that are files; of a whole body, none. */
  files: ReadonlySet<string>;
}

/** How a body is made of arguments: each property one argument, or all of it one. */
export type BodyArguments =
  | (BodyBase & {
      kind: 'flat';
      properties: readonly { argument: string; name: string }[];
      /** Whether arguments that are nobody's are further properties of the body. */
      passesOthers: boolean;
      /** Arguments that are not the body's. */
      otherArguments: readonly string[];
    })
  | (BodyBase & { kind: 'whole'; argument: string });

/** The arguments of one tool. */
export interface ArgumentPlan {
  inputSchema: JsonObject;
  parameters: readonly ParameterArgument[];
  body?: BodyArguments;
  /** The document's names that differ from the argument's; they are taken as well. */
  aliases: ReadonlyMap<string, string>;
}

/** A body on its way out; `problem` says why it cannot be sent. */
export type WrittenBody = { content: string | Buffer; contentType: string } | { problem: string; argument?: string };

/** An argument before it has its name. */
export interface ArgumentDraft {
  /** As the document has it. */
  name: string;
  /** The name it gets when nobody else wants it. */
  wanted: string;
  schema: JsonObject;
  required: boolean;
  /** Absent for parts of the body. */
  parameter?: Parameter;
}
