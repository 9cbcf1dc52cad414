import { html } from 'hono/html';
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { objectsOf, textOf } from '../../registry/issues.ts';
import { htmlDocument } from './document.ts';

/** Piece of escaped HTML. */
type Html = ReturnType<typeof html>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Deepest nesting that a type is written out; what is deeper has a name of its own. */
const MAX_TYPE_DEPTH = 4;

/** The page about the registry's API, made from its OpenAPI document: complete without scripts. */
export async function renderDocs(title: string, api: JsonObject): Promise<string> {
  const tags = objectsOf(api.tags);
  const { schemas } = objectOf(api.components);
  const info = objectOf(api.info);
  const body = html`<header>
      <h1>${textOf(info.title)}</h1>
      <p class="soft">${textOf(info.description)}</p>
      <p><a href="/">Home</a> · <a href="/openapi.json">openapi.json</a> · <a href="/openapi.yaml">openapi.yaml</a></p>
    </header>
    <nav aria-label="Contents">
      ${tags.map(
        (tag) => html`<h3><a href="#${textOf(tag.name)}">${textOf(tag.name)}</a></h3>
        <ul>${operationsOf(api, textOf(tag.name)).map(
          ({ id, method, path, value }) =>
            html`<li><a href="#${id}"><code>${method} ${path}</code></a> <span class="soft">${textOf(value.summary)}</span></li>`,
        )}</ul>`,
      )}
    </nav>
    ${tags.map(
      (tag) => html`<h2 id="${textOf(tag.name)}">${textOf(tag.name)}</h2>
      <p class="soft">${textOf(tag.description)}</p>
      <ul class="cards">${operationsOf(api, textOf(tag.name)).map(operationCard)}</ul>`,
    )}
    <h2 id="schemas">Schemas</h2>
    <ul class="cards">${Object.entries(objectOf(schemas)).map(([name, schema]) => schemaCard(name, objectOf(schema)))}</ul>`;
  return String(await htmlDocument(title, body));
}

interface Operation {
  id: string;
  method: string;
  path: string;
  parameters: JsonObject[];
  value: JsonObject;
}

function operationsOf(api: JsonObject, tag: string): Operation[] {
  return Object.entries(objectOf(api.paths)).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const value = objectOf(item)[method];
      if (!isObject(value) || !Array.isArray(value.tags) || !value.tags.includes(tag)) return [];
      const parameters = [...objectsOf(objectOf(item).parameters), ...objectsOf(value.parameters)];
      return [{ id: textOf(value.operationId), method: method.toUpperCase(), path, parameters, value }];
    }),
  );
}

function operationCard({ id, method, path, parameters, value }: Operation): Html {
  const body = contentSchema(value.requestBody);
  return html`<li class="card" id="${id}">
      <header><h3>${textOf(value.summary)}</h3></header>
      <p><code>${method} ${path}</code></p>
      ${value.description === undefined ? '' : html`<p>${textOf(value.description)}</p>`}
      ${value.security === undefined ? '' : html`<p class="soft">Needs a bearer token.</p>`}
      ${
        parameters.length === 0
          ? ''
          : html`<ul>${parameters.map(
              (parameter) =>
                html`<li><code>${textOf(parameter.name)}</code> <span class="soft">(${textOf(parameter.in)}, ${typeOf(parameter.schema)}${defaultOf(parameter.schema)})</span> ${textOf(parameter.description)}</li>`,
            )}</ul>`
      }
      ${body === undefined ? '' : html`<p>Body: ${typeOf(body)}</p>`}
      <ul>${Object.entries(objectOf(value.responses)).map(([status, response]) => {
        const schema = contentSchema(response);
        return html`<li><code>${status}</code> ${textOf(objectOf(response).description)} ${schema === undefined ? '' : typeOf(schema)}</li>`;
      })}</ul>
    </li>`;
}

function schemaCard(name: string, schema: JsonObject): Html {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = Object.entries(objectOf(schema.properties));
  return html`<li class="card" id="schema-${name}">
      <header><h3>${name}</h3></header>
      ${schema.description === undefined ? '' : html`<p>${textOf(schema.description)}</p>`}
      ${properties.length === 0 ? html`<p>${typeOf(schema)}</p>` : ''}
      <ul>${properties.map(
        ([property, value]) =>
          html`<li><code>${property}</code> <span class="soft">(${typeOf(value)}${required.includes(property) ? ', required' : ''})</span> ${textOf(objectOf(value).description)}</li>`,
      )}</ul>
    </li>`;
}

/** A type in a few words, with a link where it has a name. */
function typeOf(schema: JsonValue | undefined, depth = 0): Html {
  const { $ref, type, items, anyOf, additionalProperties, enum: values } = objectOf(schema);
  if (typeof $ref === 'string') {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (depth > MAX_TYPE_DEPTH) return html`…`;
  if (Array.isArray(anyOf))
    return html`${anyOf.map((one, at) => html`${at > 0 ? ' or ' : ''}${typeOf(one, depth + 1)}`)}`;
  if (Array.isArray(values)) return html`${values.map(String).join(' | ')}`;
  if (type === 'array') return html`list of ${typeOf(items, depth + 1)}`;
  if (type === 'object' && isObject(additionalProperties))
    return html`map to ${typeOf(additionalProperties, depth + 1)}`;
  return html`${typeof type === 'string' ? type : 'any'}`;
}

function defaultOf(schema: JsonValue | undefined): string {
  const value = objectOf(schema).default;
  return value === undefined ? '' : `, default ${String(value)}`;
}

function contentSchema(holder: JsonValue | undefined): JsonValue | undefined {
  const [media] = Object.values(objectOf(objectOf(holder).content));
  return objectOf(media).schema;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}
