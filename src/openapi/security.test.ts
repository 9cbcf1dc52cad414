import { describe, expect, it } from 'vitest';
import type { SecurityAlternative, SecurityScheme } from './model.ts';
import { type Credential, planCredentials, secretsOf } from './security.ts';

const schemes = new Map<string, SecurityScheme>([
  ['bearer', { type: 'bearer' }],
  ['basic', { type: 'basic' }],
  ['header', { type: 'apiKey', in: 'header', name: 'X-Key' }],
  ['query', { type: 'apiKey', in: 'query', name: 'api key' }],
  ['cookie', { type: 'apiKey', in: 'cookie', name: 'sid' }],
  ['authorization', { type: 'apiKey', in: 'header', name: 'Authorization' }],
  ['mtls', { type: 'other', what: 'mutualtls' }],
]);
const bearer: Credential = { type: 'bearer', token: 'T' };
const basic: Credential = { type: 'basic', username: 'ü', password: 'p' };
const key: Credential = { type: 'apiKey', value: 'K&' };

const alternative = (...names: string[]): SecurityAlternative => names.map((scheme) => ({ scheme, scopes: [] }));
const plan = (security: SecurityAlternative[] | undefined, ...credentials: Credential[]) =>
  planCredentials(security, schemes, credentials);

describe('planCredentials', () => {
  it.each<[string, Credential, object]>([
    ['bearer', bearer, { headers: { authorization: 'Bearer T' } }],
    ['basic', basic, { headers: { authorization: `Basic ${Buffer.from('ü:p').toString('base64')}` } }],
    ['header', key, { headers: { 'x-key': 'K&' } }],
    ['query', key, { query: ['api%20key=K%26'] }],
    ['cookie', key, { cookies: ['sid=K%26'] }],
    ['authorization', bearer, { headers: { authorization: 'Bearer T' } }],
    ['authorization', key, { headers: { authorization: 'K&' } }],
  ])('puts the credential for %s where it belongs', (scheme, credential, expected) => {
    expect(plan([alternative(scheme)], credential)).toMatchObject({ ...expected, missing: [] });
  });

  it('takes the first alternative that can be satisfied', () => {
    expect(plan([alternative('basic'), alternative('header')], key).headers).toEqual({ 'x-key': 'K&' });
    expect(plan([alternative('basic'), alternative('bearer')], bearer, basic).headers.authorization).toMatch(/^Basic/);
  });

  it('satisfies all schemes of an alternative', () => {
    expect(plan([alternative('bearer', 'query')], bearer, key)).toMatchObject({
      headers: { authorization: 'Bearer T' },
      query: ['api%20key=K%26'],
      missing: [],
    });
  });

  it('authenticates where it is optional, and does without where nothing fits', () => {
    expect(plan([[], alternative('bearer')], bearer).headers).toEqual({ authorization: 'Bearer T' });
    expect(plan([[], alternative('bearer')])).toEqual({ headers: {}, query: [], cookies: [], missing: [] });
  });

  it('sends nothing where none is needed, and everything where the document is silent', () => {
    expect(plan([], bearer).headers).toEqual({});
    expect(plan(undefined, bearer).headers).toEqual({ authorization: 'Bearer T' });
    expect(plan(undefined, key)).toMatchObject({ headers: {}, query: [] });
    expect(plan(undefined, { ...key, name: 'X-A' }).headers).toEqual({ 'x-a': 'K&' });
  });

  it('names the schemes without a credential and sends the rest', () => {
    expect(plan([alternative('bearer', 'query')], bearer)).toMatchObject({
      headers: { authorization: 'Bearer T' },
      missing: ['query'],
    });
    expect(plan([alternative('unknown'), alternative('mtls')], bearer).missing).toEqual(['unknown']);
  });

  it('gives a credential that names its scheme to that scheme alone', () => {
    const own: Credential = { ...key, value: 'OWN', scheme: 'query' };
    expect(plan([alternative('header', 'query')], own, key)).toMatchObject({
      headers: { 'x-key': 'K&' },
      query: ['api%20key=OWN'],
    });
    expect(plan([alternative('header')], own).missing).toEqual(['header']);
  });

  it('follows the operator where the credential names its own place', () => {
    expect(plan([alternative('header')], { ...key, name: 'k', in: 'query' })).toMatchObject({
      headers: {},
      query: ['k=K%26'],
    });
  });
});

describe('secretsOf', () => {
  it('lists what must not be seen, as given and as sent, and not the user name', () => {
    expect(secretsOf([bearer, key, { type: 'basic', username: 'user', password: 'pass' }])).toEqual([
      'T',
      'K&',
      'pass',
      Buffer.from('user:pass').toString('base64'),
    ]);
  });
});
