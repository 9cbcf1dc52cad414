import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEventStreamParser, encodeEvent, type StreamEvent } from './event-stream.ts';

function parse(chunks: string[], maxLength?: number): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createEventStreamParser((event) => events.push(event), maxLength);
  for (const chunk of chunks) parser.push(chunk);
  return events;
}

it('reads fields, comments, several data lines and all line breaks', () => {
  const text =
    '\uFEFF: hi\nevent: message\nid: 7\ndata: a\ndata:  b\nretry: 50\n\ndata:x\r\n\r\nid\rdata\r\rdata: end\n\n';
  expect(parse([text])).toEqual([
    { event: 'message', id: '7', data: 'a\n b', retry: 50 },
    { id: '7', data: 'x' },
    { id: '', data: '' },
    { id: '', data: 'end' },
  ]);
});

it('reads the same wherever the chunks end', () => {
  const events = fc.array(fc.record({ event: fc.constantFrom('message', 'endpoint'), data: fc.string() }), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(events, fc.array(fc.nat(200), { maxLength: 8 }), (sent, cuts) => {
      const text = sent.map(encodeEvent).join('');
      const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length])].sort(
        (a, b) => a - b,
      );
      const chunks = places.slice(1).map((end, i) => text.slice(places[i], end));
      const expected = sent.map(({ event, data }) => ({ event, data: data.replace(/\r\n|\r/g, '\n') }));
      expect(parse(chunks)).toEqual(expected);
    }),
  );
});

it('gives up on an event without end', () => {
  expect(() => parse(['data: ', 'x'.repeat(50), 'x'.repeat(60)], 100)).toThrow(RangeError);
  expect(() =>
    parse(
      Array.from({ length: 30 }, () => 'data: xxxxx\n'),
      100,
    ),
  ).toThrow(RangeError);
});
