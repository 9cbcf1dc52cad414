import type { JsonObject } from '../base/json.ts';
import type { ObjectShape, Shape } from './shape.ts';
import { MAX_ITEMS } from './shape.ts';

/**
 * A shape as JSON Schema 2020-12. Objects become components, referred to by their name.
 *
 * @param components - takes the schemas of the objects met on the way.
 */
export function toJsonSchema(shape: Shape, components: JsonObject): JsonObject {
  switch (shape.kind) {
    case 'string': {
      const { minLength, maxLength, pattern, isUri, values } = shape;
      return {
        type: 'string',
        ...(minLength === undefined ? {} : { minLength }),
        ...(maxLength === undefined ? {} : { maxLength }),
        ...(pattern === undefined ? {} : { pattern: pattern.source.replaceAll('\\/', '/') }),
        ...(isUri ? { format: 'uri-reference' } : {}),
        ...(values === undefined ? {} : { enum: [...values] }),
      };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
      return { type: 'array', maxItems: MAX_ITEMS, items: toJsonSchema(shape.items, components) };
    case 'map':
      return { type: 'object', additionalProperties: toJsonSchema(shape.values, components) };
    case 'free':
      return { type: 'object', additionalProperties: true };
    case 'object':
      return objectSchema(shape, components);
  }
}

function objectSchema(shape: ObjectShape, components: JsonObject): JsonObject {
  const reference = { $ref: `#/components/schemas/${shape.name}` };
  if (components[shape.name] !== undefined) return reference;
  const properties: JsonObject = {};
  const schema: JsonObject = {
    type: 'object',
    ...(shape.description === undefined ? {} : { description: shape.description }),
    required: Object.entries(shape.fields).flatMap(([key, field]) => (field.required ? [key] : [])),
    properties,
    additionalProperties: shape.acceptsKey !== undefined,
  };
  components[shape.name] = schema;
  for (const [key, field] of Object.entries(shape.fields)) {
    const { description } = field;
    properties[key] = {
      ...toJsonSchema(field.shape, components),
      ...(description === undefined ? {} : { description }),
    };
  }
  return reference;
}
