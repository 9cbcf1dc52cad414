import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestHub, type TestHub } from './support/hub.ts';

/** Path of the `schemathesis` program; `.ci/run` installs it. */
const PROGRAM = process.env.SCHEMATHESIS;
if (PROGRAM === undefined) console.log('skipped: Schemathesis over the registry API, because SCHEMATHESIS is not set');

/** What is true whatever is sent; what the rules refuse beyond their schemas is not a failure. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

let test: TestHub;
beforeAll(async () => {
  if (PROGRAM !== undefined) test = await startTestHub({ database: { type: 'memory' } });
});
afterAll(() => test?.close());

it.skipIf(PROGRAM === undefined)(
  'Schemathesis finds no answer of the registry API that its description does not tell',
  async () => {
    const program = spawn(
      PROGRAM as string,
      [
        'run',
        `${test.url}/openapi.json`,
        ...['--seed', '1', '--max-examples', '10', '--max-time', '60', '--phases', 'coverage,fuzzing'],
        ...CHECKS.flatMap((check) => ['--checks', check]),
        ...['--header', `Authorization: Bearer ${test.token}`],
        // It would wait for changes as long as it may.
        ...['--exclude-path-regex', '/changes$'],
      ],
      { cwd: test.dir },
    );
    let output = '';
    program.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const code = await new Promise((resolve, reject) => program.on('close', resolve).on('error', reject));
    expect(code, output.slice(-4000)).toBe(0);
    expect(output).toMatch(/[1-9]\d+ generated, [1-9]\d+ passed/);
  },
  150_000,
);
