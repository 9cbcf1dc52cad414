import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentName, claimName, nameOperations } from './names.ts';

const operation = (operationId: string | undefined, method = 'GET', path = '/a') => ({
  ...(operationId === undefined ? {} : { operationId }),
  method,
  path,
});

const nameOf = (operationId: string | undefined, method?: string, path?: string): string | undefined =>
  [...nameOperations([operation(operationId, method, path)]).values()][0];

describe('nameOperations', () => {
  it.each([
    ['listPets', 'listPets'],
    ['repos/list-for-org', 'repos_list_for_org'],
    ['Foo.Bar_baz--qux', 'Foo_Bar_baz_qux'],
    ['__private', 'private'],
    ['naïveÜber', 'naiveUber'],
  ])('makes %j to %s', (operationId, name) => {
    expect(nameOf(operationId)).toBe(name);
  });

  it('falls back to method and path', () => {
    expect(nameOf(undefined, 'GET', '/a/{id}/b')).toBe('get_a_id_b');
    expect(nameOf('获取用户', 'POST', '/users')).toBe('post_users');
    expect(nameOf(undefined, 'GET', '/')).toBe('get');
  });

  it('keeps long names readable, within the limit and apart', () => {
    const long = 'a'.repeat(100);
    const names = [
      ...nameOperations([operation(`${long}1`, 'GET', '/1'), operation(`${long}2`, 'GET', '/2')]).values(),
    ];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^a{55}_[0-9a-f]{8}$/);
  });

  it('gives operations of one id different names and loses none', () => {
    const operations = [operation('s', 'GET', '/1'), operation('s', 'GET', '/2'), operation('s_2', 'GET', '/3')];
    expect(new Set(nameOperations(operations).values()).size).toBe(3);
  });

  it('does not depend on the order of the document, and names are always legal and unique', () => {
    const anyOperation = fc.record({
      operationId: fc.oneof(fc.constant('x'), fc.constant('x_1'), fc.string({ unit: 'grapheme', maxLength: 80 })),
      method: fc.constantFrom('GET', 'POST'),
      path: fc.oneof(
        fc.constant('/'),
        fc.string({ maxLength: 20 }).map((text) => `/${text}`),
      ),
    });
    const distinct = fc.uniqueArray(anyOperation, {
      selector: ({ method, path }) => `${method} ${path}`,
      maxLength: 30,
    });
    fc.assert(
      fc.property(distinct, (operations) => {
        const names = nameOperations(operations);
        const reversed = nameOperations([...operations].reverse());
        expect(new Set(names.values()).size).toBe(operations.length);
        for (const one of operations) {
          expect(names.get(one)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
          expect(reversed.get(one)).toBe(names.get(one));
        }
      }),
    );
  });
});

describe('argumentName', () => {
  it.each([
    ['page_size', 'page_size'],
    ['a.b-c', 'a.b-c'],
    ['fields[profile]', 'fields_profile'],
    ['$filter', 'filter'],
    ['StartTime<', 'StartTime_lt'],
    ['StartTime>', 'StartTime_gt'],
    ['ids[]', 'ids'],
    ['名前', 'argument'],
    ['__proto__', 'proto'],
    ['x'.repeat(70), 'x'.repeat(64)],
  ])('makes %j to %s', (name, expected) => {
    expect(argumentName(name)).toBe(expected);
  });

  it('numbers what is taken, within the limit', () => {
    const taken = new Set<string>();
    const long = 'x'.repeat(64);
    expect([claimName(long, taken), claimName(long, taken), claimName('a', taken), claimName('a', taken)]).toEqual([
      long,
      `${'x'.repeat(59)}_2`,
      'a',
      'a_2',
    ]);
  });
});
