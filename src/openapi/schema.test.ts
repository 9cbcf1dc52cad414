import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Dialect } from './model.ts';
import { createResolver } from './refs.ts';
import { createSchemaConverter, type SchemaConverter } from './schema.ts';
import type { Direction } from './schema-keywords.ts';
import { createWarnings, type Warnings } from './warnings.ts';

function converterOf(
  schemas: JsonObject,
  options: { dialect?: Dialect; direction?: Direction } = {},
): { converter: SchemaConverter; warnings: Warnings } {
  const warnings = createWarnings();
  const converter = createSchemaConverter({
    resolver: createResolver({ components: { schemas } }),
    dialect: options.dialect ?? '3.0',
    direction: options.direction ?? 'input',
    warnings,
  });
  return { converter, warnings };
}

const convert = (schema: JsonValue, options: { dialect?: Dialect; direction?: Direction } = {}): JsonObject =>
  converterOf({}, options).converter.convert({ schema, place: '#/here' });

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

describe('keywords', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['nullable beside a type', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    ['x-nullable of 2.0', { type: 'integer', 'x-nullable': true }, { type: ['integer', 'null'] }],
    ['nullable: false', { type: 'string', nullable: false }, { type: 'string' }],
    ['nullable without a type', { nullable: true, description: 'd' }, { description: 'd' }],
    [
      'nullable with enum',
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    ['nullable with an enum that has null', { enum: ['a', null], nullable: true }, { enum: ['a', null] }],
    [
      'nullable with anyOf',
      { anyOf: [{ type: 'string' }], nullable: true },
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
    ],
    [
      'nullable with allOf',
      { description: 'd', allOf: [{ type: 'object' }], nullable: true },
      { description: 'd', anyOf: [{ allOf: [{ type: 'object' }] }, { type: 'null' }] },
    ],
    [
      'an exclusive flag',
      { minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false },
      { exclusiveMinimum: 1, maximum: 5 },
    ],
    ['an exclusive number', { exclusiveMaximum: 5 }, { exclusiveMaximum: 5 }],
    ['example', { type: 'string', example: 'x' }, { type: 'string', examples: ['x'] }],
    [
      'oneOf',
      { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    ],
    [
      'oneOf beside anyOf',
      { oneOf: [{ minimum: 1 }], anyOf: [{ maximum: 2 }] },
      { allOf: [{ anyOf: [{ maximum: 2 }] }, { anyOf: [{ minimum: 1 }] }] },
    ],
    [
      'a list of items',
      { items: [{ type: 'string' }], additionalItems: false },
      { prefixItems: [{ type: 'string' }], items: { not: {} } },
    ],
    ['type file', { type: 'file' }, { type: 'string', format: 'binary' }],
    [
      'what JSON Schema does not know',
      { discriminator: { propertyName: 'a' }, xml: {}, externalDocs: {}, 'x-a': 1 },
      {},
    ],
    [
      'illegal values',
      {
        type: 'int',
        minLength: -1,
        enum: [],
        required: 'a',
        pattern: '(',
        multipleOf: 0,
        properties: [],
        items: 'x',
        title: 5,
      },
      { items: {} },
    ],
    [
      'if, else, not',
      { if: { type: 'string' }, else: { minLength: 1 }, not: { const: 'x' } },
      { if: { type: 'string' }, else: { minLength: 1 }, not: { const: 'x' } },
    ],
    ['boolean schemas', { properties: { a: true, b: false } }, { properties: { a: {}, b: { not: {} } } }],
  ])('convert %s', (_, schema, expected) => {
    expect(convert(schema)).toEqual(expected);
  });

  it('keep a property that is called $ref', () => {
    expect(convert({ properties: { $ref: { type: 'string' } }, required: ['$ref'] })).toEqual({
      properties: { $ref: { type: 'string' } },
      required: ['$ref'],
    });
  });

  it('never change what they are given', () => {
    const schema = { type: 'string', enum: ['a'], nullable: true, required: ['x'] };
    const before = structuredClone(schema);
    convert(schema);
    expect(schema).toEqual(before);
  });

  it('stop at a depth that nobody writes', () => {
    let schema: JsonObject = { type: 'string' };
    for (let i = 0; i < 200; i++) schema = { properties: { a: schema } };
    expect(JSON.stringify(convert(schema)).length).toBeLessThan(2000);
  });
});

describe('direction', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'string', readOnly: true },
      name: { type: 'string', minLength: 3 },
      pass: { writeOnly: true },
    },
    required: ['id', 'name', 'pass'],
    additionalProperties: false,
  };

  it('input leaves read-only properties out, of required as well', () => {
    const input = convert(schema);
    expect(Object.keys(input.properties ?? {})).toEqual(['name', 'pass']);
    expect(input.required).toEqual(['name', 'pass']);
  });

  it('output leaves write-only properties and every demand out', () => {
    expect(convert(schema, { direction: 'output' })).toEqual({
      type: 'object',
      properties: { id: { type: 'string' }, name: { type: 'string' } },
    });
  });

  it('sees read-only through a reference', () => {
    const { converter } = converterOf({ Id: { type: 'string', readOnly: true } });
    expect(converter.convert({ schema: { properties: { id: ref('Id'), a: {} } }, place: '#/x' })).toEqual({
      properties: { a: {} },
    });
  });
});

describe('references', () => {
  it('become $defs, with everything they need and nothing else', () => {
    const { converter } = converterOf({
      A: { properties: { b: ref('B') } },
      B: { items: ref('C'), type: 'array' },
      C: { type: 'string' },
      Unused: {},
    });
    const schema = converter.convert({ schema: ref('A'), place: '#/x' });
    expect(schema).toEqual({ $ref: '#/$defs/A' });
    expect(converter.definitions([schema], 10_000)).toEqual({
      A: { properties: { b: { $ref: '#/$defs/B' } } },
      B: { type: 'array', items: { $ref: '#/$defs/C' } },
      C: { type: 'string' },
    });
    expect(converter.inline(schema)).toEqual({ properties: { b: { $ref: '#/$defs/B' } } });
  });

  it('to themselves stay references', () => {
    const { converter } = converterOf({ Node: { properties: { next: ref('Node'), list: { items: ref('Node') } } } });
    const schema = converter.convert({ schema: ref('Node'), place: '#/x' });
    expect(Object.keys(converter.definitions([schema], 10_000) ?? {})).toEqual(['Node']);
  });

  it('in a circle of nothing but references take anything and are reported', () => {
    const { converter, warnings } = converterOf({ A: ref('B'), B: ref('A') });
    expect(converter.convert({ schema: ref('A'), place: '#/x' })).toEqual({});
    expect(warnings.list()).toMatchObject([{ place: '#/x', reason: expect.stringContaining('circle') }]);
  });

  it('to nowhere keep their description and are reported', () => {
    const { converter, warnings } = converterOf({});
    expect(converter.convert({ schema: { ...ref('No'), description: 'd' }, place: '#/x' })).toEqual({
      description: 'd',
    });
    expect(warnings.list()).toHaveLength(1);
  });

  it('with odd names get names that need no escape, each its own', () => {
    const { converter } = converterOf({
      'A B': { title: '1' },
      'A/B': { title: '2' },
      A: { properties: { x: { title: '3' } } },
    });
    const schemas = ['A%20B', 'A~1B', 'A/properties/x'].map((name) =>
      converter.convert({ schema: { $ref: `#/components/schemas/${name}` }, place: `#/${name}` }),
    );
    expect(schemas.map(({ $ref }) => $ref)).toEqual(['#/$defs/A_B', '#/$defs/A_B_2', '#/$defs/A_properties_x']);
  });

  it('keep null beside them', () => {
    const { converter } = converterOf({ A: { type: 'object' } });
    expect(converter.convert({ schema: { ...ref('A'), nullable: true, description: 'd' }, place: '#/x' })).toEqual({
      description: 'd',
      anyOf: [{ $ref: '#/$defs/A' }, { type: 'null' }],
    });
  });

  it('keep keywords beside them in 3.1 and drop them in 3.0', () => {
    const schema = { ...ref('A'), minLength: 2, description: 'd' };
    expect(converterOf({ A: {} }, { dialect: '3.1' }).converter.convert({ schema, place: '#/x' })).toEqual({
      $ref: '#/$defs/A',
      minLength: 2,
      description: 'd',
    });
    expect(converterOf({ A: {} }).converter.convert({ schema, place: '#/x' })).toEqual({
      $ref: '#/$defs/A',
      description: 'd',
    });
  });

  it('that are too many for the limit end in schemas that take anything', () => {
    const big = { type: 'string', description: 'x'.repeat(900) };
    const { converter } = converterOf({
      A: { properties: { b: ref('B') } },
      B: { properties: { c: ref('C') } },
      C: big,
    });
    const schema = converter.convert({ schema: ref('A'), place: '#/x' });
    const definitions = converter.definitions([schema], 500);
    expect(Object.keys(definitions ?? {})).toEqual(['A', 'B', 'C']);
    expect(definitions?.C).toEqual({ description: expect.stringContaining('Left out') });
  });

  it('to closed members of allOf are opened, so that the members do not exclude each other', () => {
    const { converter } = converterOf({
      Base: { type: 'object', properties: { a: {} }, additionalProperties: false },
    });
    const schema = converter.convert({ schema: { allOf: [ref('Base'), { properties: { b: {} } }] }, place: '#/x' });
    expect(schema).toEqual({ allOf: [{ type: 'object', properties: { a: {} } }, { properties: { b: {} } }] });
  });

  it('that multiply through closed members stay bounded', () => {
    const schemas: JsonObject = { S30: { additionalProperties: false, properties: { a: {} } } };
    for (let i = 0; i < 30; i++) {
      schemas[`S${i}`] = { additionalProperties: false, allOf: [ref(`S${i + 1}`), ref(`S${i + 1}`)] };
    }
    const { converter } = converterOf(schemas);
    const schema = converter.convert({ schema: { allOf: [ref('S0'), ref('S0')] }, place: '#/x' });
    expect(JSON.stringify(schema).length).toBeLessThan(5_000_000);
  });
});
