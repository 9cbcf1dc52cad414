import { describe, expect, it } from 'vitest';
import { parseUrlReference } from './url-reference.ts';

describe('parseUrlReference', () => {
  it.each([
    ['https://Example.com:8443/a/b?c=d#e', { scheme: 'https', authority: 'Example.com:8443', hostname: 'example.com' }],
    ['HTTPS://user:pw@a.example/', { scheme: 'https', authority: 'a.example', hostname: 'a.example' }],
    ['http://[::1]:80/x', { scheme: 'http', authority: '[::1]:80', hostname: '::1' }],
    ['/path/to:x', { scheme: '', authority: '' }],
    ['//a.example/x', { scheme: '', authority: 'a.example' }],
    ['http:example.com', { scheme: 'http', authority: '' }],
    ['https:\\\\example.com', { scheme: 'https', authority: '' }],
    ['mailto:a@b.example', { scheme: 'mailto', authority: '' }],
    ['https://a.example/a b', { scheme: 'https', hostname: 'a.example' }],
    ['', { scheme: '', authority: '' }],
  ])('reads %j', (text, expected) => {
    expect(parseUrlReference(text)).toMatchObject(expected);
  });

  it.each([
    [':x', 'missing protocol scheme'],
    ['1http://x', 'first path segment in URL cannot contain colon'],
    ['a b:c', 'first path segment in URL cannot contain colon'],
    ['https://a.example/%zz', 'invalid URL escape'],
    ['https://a.example:port/', 'invalid port or host'],
    ['https://a b/', 'invalid character in host name'],
    ['https://a.example/\n', 'invalid control character in URL'],
  ])('refuses %j: %s', (text, reason) => {
    expect(parseUrlReference(text)).toBe(reason);
  });
});
