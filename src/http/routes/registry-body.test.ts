import { describe, expect, it } from 'vitest';
import { readJsonBody } from './registry-body.ts';

const streamed = (body: ReadableStream<Uint8Array>): Request =>
  new Request('http://hub.test/', { method: 'POST', body, duplex: 'half' } as RequestInit);

describe('readJsonBody', () => {
  it('reads a body that comes in pieces, cut inside a character', async () => {
    const bytes = new TextEncoder().encode('{"a":"é"}');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await readJsonBody(streamed(body))).toEqual({ a: 'é' });
  });

  it('gives up a body that does not come, and tells the sender', async () => {
    let cancelled: unknown;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Uint8Array.of(0x7b)),
      cancel: (reason) => {
        cancelled = reason;
      },
    });
    await expect(readJsonBody(streamed(body), 10)).rejects.toMatchObject({
      code: 'request.timeout',
      message: 'request body read timeout',
    });
    expect(cancelled).toBeDefined();
  });

  it('stops to read as soon as a body is too large', async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls++;
        controller.enqueue(new Uint8Array(256 * 1024));
      },
    });
    await expect(readJsonBody(streamed(body))).rejects.toMatchObject({ code: 'request.too_large' });
    expect(pulls).toBeLessThan(8);
  });

  it('takes a connection that breaks for a client that went away', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('reset')) });
    await expect(readJsonBody(streamed(body))).rejects.toMatchObject({ code: 'request.cancelled' });
  });
});
