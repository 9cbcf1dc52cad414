import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { createNet } from '../../src/net/client.ts';
import { compile } from '../../src/openapi/compile.ts';
import { readDocument } from '../../src/openapi/read.ts';
import { createOpenApiUpstream } from '../../src/upstream/openapi.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { callOf } from '../fixtures/calls.ts';

const DOCUMENT = `
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /items/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: items/get
      summary: One item
      responses: {"200": {$ref: "#/components/responses/Item"}}
    put:
      operationId: items/put
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}
      responses: {"200": {$ref: "#/components/responses/Item"}}
    delete: {operationId: items/delete, responses: {"204": {description: gone}}}
  /drift: {get: {operationId: drift, responses: {"200": {$ref: "#/components/responses/Item"}}}}
  /list: {get: {operationId: list, responses: {"200": {$ref: "#/components/responses/Item"}}}}
  /page: {get: {operationId: page, responses: {"200": {$ref: "#/components/responses/Item"}}}}
  /image: {get: {operationId: image}}
  /sound: {get: {operationId: sound}}
  /file: {get: {operationId: file}}
  /broken: {get: {operationId: broken, responses: {"200": {$ref: "#/components/responses/Item"}}}}
components:
  responses:
    Item: {description: An item, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
  schemas:
    Item:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, minLength: 2}
        kind: {type: string, enum: [a, b], nullable: true}
        parts: {type: array, items: {$ref: "#/components/schemas/Item"}}
`;

const ANSWERS: Record<string, [status: number, type: string, body: string]> = {
  'GET /items/7': [200, 'application/json', '{"id":7,"name":"Seven","kind":"a","parts":[{"id":8,"name":"Eight"}]}'],
  'PUT /items/7': [200, 'application/json', '{"id":7,"name":"Seven"}'],
  'DELETE /items/7': [204, '', ''],
  'GET /drift': [200, 'application/json', '{"id":"x","name":null,"kind":"z","parts":{"a":1},"more":true}'],
  'GET /list': [200, 'application/json', '[1,2]'],
  'GET /page': [200, 'text/html', '<p>not JSON'],
  'GET /image': [200, 'image/png', 'PNG'],
  'GET /sound': [200, 'audio/wav', 'WAV'],
  'GET /file': [200, 'application/pdf', 'PDF'],
  'GET /broken': [500, 'application/json', '{"error":"x"}'],
};

/** What an SDK client makes of an OpenAPI upstream: the client checks lists, results and output schemas. */
describe('an OpenAPI upstream in the eyes of an SDK client', () => {
  let api: HttpServer;
  let upstream: Upstream;
  let client: Client;
  const net = createNet({ allow: [], userAgent: 'test' });

  beforeAll(async () => {
    api = createServer((request, response) => {
      const [status, type, body] = ANSWERS[`${request.method} ${request.url}`] ?? [404, 'text/plain', 'no'];
      request
        .resume()
        .on('end', () => response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(body));
    });
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const baseUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    upstream = createOpenApiUpstream({
      api: compile(await readDocument(DOCUMENT, 'shop.yaml')),
      serverOf: () => ({ baseUrl, trust: 'operator' }),
      net,
      headers: {},
      credentials: [],
    });
    const server = new Server({ name: 'relay', version: '1' }, { capabilities: { tools: {} } });
    const relay = async (method: string, params: unknown): Promise<JsonObject> => {
      const reply = await upstream.request(callOf(method, (params ?? {}) as JsonObject));
      if ('error' in reply) throw new Error(reply.error.message);
      return reply.result;
    };
    server.setRequestHandler(ListToolsRequestSchema, ({ method, params }) => relay(method, params));
    server.setRequestHandler(CallToolRequestSchema, ({ method, params }) => relay(method, params));
    client = new Client({ name: 'test', version: '1' });
    const [near, far] = InMemoryTransport.createLinkedPair();
    await Promise.all([server.connect(far), client.connect(near)]);
  });
  afterAll(async () => {
    await client.close();
    await upstream.close();
    await net.close();
    api.closeAllConnections();
    api.close();
    await once(api, 'close');
  });

  it('lists tools that the client takes', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'items_get',
      'items_put',
      'items_delete',
      'drift',
      'list',
      'page',
      'image',
      'sound',
      'file',
      'broken',
    ]);
    expect(tools[0]).toMatchObject({ title: 'One item', annotations: { readOnlyHint: true }, outputSchema: {} });
    expect(tools[1]?.inputSchema.required).toEqual(['name', 'id']);
  });

  it.each<[tool: string, given: JsonObject, expected: object]>([
    ['items_get', { id: 7 }, { structuredContent: { id: 7, parts: [{ id: 8, name: 'Eight' }] } }],
    ['items_put', { id: 7, name: 'Seven', kind: null }, { structuredContent: { id: 7 } }],
    ['items_delete', { id: 7 }, { content: [{ type: 'text', text: 'Done: HTTP 204 No Content, no content.' }] }],
    ['drift', {}, { structuredContent: { kind: 'z', more: true } }],
    ['list', {}, { content: [{ text: '[1,2]' }], structuredContent: {} }],
    ['page', {}, { content: [{ text: '<p>not JSON' }], structuredContent: {} }],
    ['image', {}, { content: [{ type: 'image', data: 'UE5H', mimeType: 'image/png' }] }],
    ['sound', {}, { content: [{ type: 'audio', data: 'V0FW', mimeType: 'audio/wav' }] }],
    ['file', {}, { content: [{ type: 'resource', resource: { blob: 'UERG', mimeType: 'application/pdf' } }] }],
    ['broken', {}, { isError: true }],
    ['items_get', { id: 'x' }, { isError: true }],
    ['items_get', { id: 404 }, { isError: true }],
  ])('answers %s with %j in a way that the client takes', async (name, given, expected) => {
    await client.listTools();
    expect(await client.callTool({ name, arguments: given })).toMatchObject(expected);
  });

  it('refuses an unknown tool', async () => {
    await expect(client.callTool({ name: 'nothing' })).rejects.toThrow('Unknown tool: nothing');
  });
});
