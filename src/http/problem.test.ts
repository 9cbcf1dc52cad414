import { describe, expect, it } from 'vitest';
import { HubError } from '../base/errors.ts';
import { problemResponse } from './problem.ts';

const bodyOf = async (response: Response): Promise<unknown> => JSON.parse(await response.text());

describe('problemResponse', () => {
  it('shows what a HubError says, and its data', async () => {
    const error = new HubError('deployment.needs_input', 'A key is missing.', {
      data: { missing: ['KEY'], errors: [{ message: 'x' }] },
    });
    const response = problemResponse(error, 'r1');
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await bodyOf(response)).toEqual({
      title: 'Service Unavailable',
      status: 503,
      detail: 'A key is missing.',
      error: 'A key is missing.',
      code: 'deployment.needs_input',
      errors: [{ message: 'x' }],
      data: { missing: ['KEY'] },
      requestId: 'r1',
    });
  });

  it('shows nothing of an unknown error but the request id', async () => {
    const response = problemResponse(new Error('password=hunter2'), 'r2');
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({ title: 'Internal Server Error', code: 'internal', requestId: 'r2' });
  });

  it('asks for a token with 401, and says when the one sent is wrong', () => {
    const missing = problemResponse(new HubError('auth.missing', 'x'));
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="mcp-hub"');
    const wrong = problemResponse(new HubError('auth.invalid', 'x'));
    expect(wrong.headers.get('www-authenticate')).toBe('Bearer realm="mcp-hub", error="invalid_token"');
    expect(problemResponse(new HubError('auth.forbidden', 'x')).headers.has('www-authenticate')).toBe(false);
  });

  it('tells in whole seconds when to try again', () => {
    const error = new HubError('hub.closing', 'x', { retryAfterSeconds: 0.2 });
    expect(problemResponse(error).headers.get('retry-after')).toBe('1');
  });

  it('has a title for a client that went away', async () => {
    const response = problemResponse(new HubError('request.cancelled', 'Client closed request'));
    expect(await bodyOf(response)).toMatchObject({ status: 499, title: 'Client Closed Request' });
  });
});
