// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration look like template strings
import { describe, expect, it } from 'vitest';
import { useConfigFolder } from '../../test/fixtures/config-folder.ts';
import { maskConfig } from './mask.ts';

const { load } = useConfigFolder();

describe('maskConfig', () => {
  it('shows no secret, and all the rest', async () => {
    const env = { TOKEN: 'env-token-0123456789', PASS: 'pw-from-env', HOST: 'localhost' };
    const { config } = await load(
      {
        'mcp-hub.yaml': `
hub: { name: "\${env:PASS}" }
api: { host: "\${env:HOST:-127.0.0.1}" }
database: { url: "postgres://user:dbpass@h/d?sslpassword=qpass&x=1" }
auth: { tokens: [ { name: ci, token: "\${env:TOKEN}", permissions: [admin] } ] }
servers:
  - slug: api
    openapi:
      document: ./a.yaml
      headers: { X-Key: header-secret }
      auth: [ { type: basic, username: u, password: basic-secret }, { type: apiKey, value: key-secret }, { type: bearer, token: "\${secret:T}" } ]
  - slug: cmd
    command: { command: node, args: [s.mjs, --api-key, arg-secret, --token=opt-secret, --verbose, plain] }
    env: { ANY: env-secret }
mcpServers:
  r: { url: "https://u:urlpass@h/mcp?api_key=query-secret", headers: { Authorization: "Bearer head-secret" } }
`,
      },
      { env },
    );
    const shown = maskConfig(config);
    const text = JSON.stringify(shown);
    for (const secret of [
      'env-token',
      'pw-from-env',
      'dbpass',
      'qpass',
      'header-secret',
      'basic-secret',
      'key-secret',
      'arg-secret',
      'opt-secret',
      'env-secret',
      'urlpass',
      'query-secret',
      'head-secret',
    ]) {
      expect(text).not.toContain(secret);
    }
    for (const kept of [
      '"ci"',
      '"plain"',
      '--verbose',
      'X-Key',
      '"u"',
      '${secret:T}',
      'postgres://user:***@h/d?sslpassword=***&x=1',
      '--token=***',
    ]) {
      expect(text).toContain(kept);
    }
    expect(config.auth.tokens[0]?.token).toBe('env-token-0123456789');
  });

  it('does not take a default for a secret', async () => {
    const { config } = await load({ 'mcp-hub.yaml': 'api: { host: "${env:HOST:-127.0.0.1}" }' });
    expect(maskConfig(config).api).toMatchObject({ host: '127.0.0.1' });
  });
});
