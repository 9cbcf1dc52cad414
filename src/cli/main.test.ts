// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration look like template strings
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestIo, type TestIoOptions } from '../../test/fixtures/cli-io.ts';
import { COMMANDS } from './commands.ts';
import { runCli } from './main.ts';
import { cliReference } from './reference.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'mcp-hub-cli-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function run(argv: string[], options: TestIoOptions = {}) {
  const test = createTestIo({ cwd, ...options });
  const code = await runCli(argv, test.io);
  return { code, out: test.out(), err: test.err() };
}

describe('help', () => {
  it.each(COMMANDS.map((spec) => spec.name))('of %s has a summary and an example', async (name) => {
    const spec = COMMANDS.find((candidate) => candidate.name === name);
    const { code, out } = await run([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Example:\n  mcp-hub ${spec?.example}`);
    expect(out).toContain('--json');
    for (const { meaning } of spec?.args ?? []) expect(out.replace(/\s+/g, ' ')).toContain(meaning);
  });

  it('of the program lists the commands and the exit codes', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const spec of COMMANDS) expect(out).toContain(`\n  ${spec.name.split(' ')[0]}`);
    expect(out).toContain('Exit codes: 0 done, 1 failed, 2 the command line is wrong.');
  });

  it.each([[[]], [['servers']], [['token']]])('is shown for %j, which says too little', async (argv) => {
    const { code, out, err } = await run(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: mcp-hub');
    expect(err).not.toContain('error:');
  });

  it('is what docs/reference/cli.md says (else: npm run build && node scripts/gen-reference.mjs)', async () => {
    const file = path.resolve(import.meta.dirname, '../../docs/reference/cli.md');
    expect(await readFile(file, 'utf8')).toBe(cliReference());
  });
});

describe('a wrong command line', () => {
  it.each([
    [['stats'], /^error: unknown command 'stats' \(Did you mean status\?\)\n {2}next: mcp-hub --help/],
    [['servers', 'lst'], /unknown command 'lst'/],
    [['status', '--jsn'], /unknown option '--jsn'/],
    [['deploy', 'a', 'b'], /too many arguments/],
    [['publish'], /missing required argument 'file'/],
    [['logs', 'x', '--tail'], /argument missing/],
    [['deploy'], /say what to deploy/],
    [['deploy', 'x', '--set', '[1]'], /--set: not a JSON object/],
    [['deploy', 'x', '--env', 'NONE'], /--env: "NONE" is not KEY=VALUE/],
    [['logs', 'x', '--tail', '5000'], /--tail: 5000 is no whole number up to 1000/],
    [['token', 'create', 'x'], /--permission/],
    [['token', 'create', 'x', '--permission', 'admin', '--expires', 'soon'], /--expires: soon is no time/],
    [['client-config', 'emacs'], /known are claude-code, claude-desktop/],
    [['status', '--url', 'nowhere'], /--url: "nowhere" is no address/],
  ])('%j has exit code 2 and says what is wrong', async (argv, message) => {
    const { code, out, err } = await run(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.split('\n').filter((line) => line.startsWith('error:'))).toHaveLength(1);
  });
});

describe('version', () => {
  it.each([[['version']], [['--version']], [['-V']]])('is what %j shows', async (argv) => {
    const { code, out } = await run(argv);
    expect(code).toBe(0);
    expect(out).toMatch(/^mcp-hub \d+\.\d+\.\d+ \(Node\.js \d+/);
  });

  it('comes as JSON, wherever --json stands', async () => {
    expect(JSON.parse((await run(['version', '--json'])).out)).toHaveProperty('version');
    expect(JSON.parse((await run(['--json', 'version'])).out)).toHaveProperty('node');
  });
});

describe('without a hub', () => {
  it('a command fails, says where it looked, and what to do', async () => {
    // Port 9 of the loopback address (discard) is served by nobody.
    const { code, out, err } = await run(['status', '--url', 'http://127.0.0.1:9']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      'error: No hub answers at http://127.0.0.1:9 (from --url). (hub.unreachable)\n' +
        '  next: start a hub with "mcp-hub serve", or say where it is with --url or MCP_HUB_URL\n',
    );
  });

  it('client-config works for servers that are named', async () => {
    const { code, out } = await run([
      'client-config',
      'cursor',
      'time',
      '--name',
      'clock',
      '--url',
      'http://127.0.0.1:9',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ mcpServers: { clock: { url: 'http://127.0.0.1:9/servers/time/mcp' } } });
  });
});

describe('config', () => {
  it('check says everything that is wrong', async () => {
    await writeFile(path.join(cwd, 'mcp-hub.yaml'), 'api:\n  port: x\nlog:\n  levl: y\n');
    const { code, out, err } = await run(['config', 'check']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: mcp-hub\.yaml:2: api\.port: .*\nerror: mcp-hub\.yaml:4: log\.levl: unknown key/);
    const json = await run(['config', 'check', '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problems: [{}, {}].map(() => expect.any(String)) });
  });

  it('check says that all is well, and what to know', async () => {
    const { code, out, err } = await run(['config', 'check'], { env: { MCP_HUB_PROT: '1' } });
    expect([code, out]).toEqual([0, 'No configuration file; the defaults: ok\n']);
    expect(err).toMatch(/^warning: environment MCP_HUB_PROT: no setting/);
  });

  it('print shows everything but secrets', async () => {
    await writeFile(
      path.join(cwd, 'hub.yaml'),
      'auth: {tokens: [{name: ci, token: "${env:T}", permissions: [admin]}]}',
    );
    const env = { T: 'hunter2-hunter2-hunter2' };
    const text = await run(['config', 'print', '--config', 'hub.yaml'], { env });
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/token: "\*\*\*"/);
    const json = await run(['config', 'print', '--config', 'hub.yaml', '--json'], { env });
    expect(JSON.parse(json.out)).toMatchObject({
      api: { port: 8080 },
      auth: { tokens: [{ name: 'ci', token: '***' }] },
    });
    expect(text.out + json.out).not.toContain('hunter2');
  });
});
