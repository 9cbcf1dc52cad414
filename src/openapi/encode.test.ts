import { describe, expect, it } from 'vitest';
import { encodeComponent, encodeForm, encodeLiteral, encodeReservedPath, encodeReservedQuery } from './encode.ts';

describe('encoding', () => {
  it('leaves unreserved characters alone and encodes all others as UTF-8', () => {
    expect(encodeComponent("aZ0-._~!'()*/?#[]@:$&+,;= %é😀")).toBe(
      'aZ0-._~%21%27%28%29%2A%2F%3F%23%5B%5D%40%3A%24%26%2B%2C%3B%3D%20%25%C3%A9%F0%9F%98%80',
    );
  });

  it('replaces a lone surrogate instead of throwing', () => {
    expect(encodeComponent('a\ud800b')).toBe('a%EF%BF%BDb');
    expect(encodeReservedQuery('\udfff')).toBe('%EF%BF%BD');
  });

  it('lets reserved characters pass in a query unless they would change it', () => {
    expect(encodeReservedQuery("a:/?@!$'()*,;=b")).toBe("a:/?@!$'()*,;=b");
    expect(encodeReservedQuery('&#[]+ "')).toBe('%26%23%5B%5D%2B%20%22');
    expect(encodeReservedQuery('50%25 of 100%')).toBe('50%25%20of%20100%25');
  });

  it('keeps a reserved path value inside its segment', () => {
    expect(encodeReservedPath('a:b/c?d#e')).toBe('a:b%2Fc%3Fd%23e');
  });

  it('writes forms with plus signs', () => {
    expect(encodeForm('a b+c')).toBe('a+b%2Bc');
  });

  it('keeps what a document already encoded', () => {
    expect(encodeLiteral('/a b/%20/ü/100%')).toBe('/a%20b/%20/%C3%BC/100%25');
  });
});
