// This hub as a target of the shared benchmark. One deployment per upstream; the first one is called.
import { resolve } from 'node:path';

const command = resolve(import.meta.dirname, '../dist/cli/main.js');

const serversOf = ({ scenario, ups, rest }) => {
  if (scenario === 'openapi') return [{ slug: 'up0', openapi: { document: `${rest}/openapi.json`, baseUrl: rest } }];
  return ups.map(({ name, url, stdio }) => ({
    slug: name,
    ...(url ? { remote: { url } } : { command: { command: stdio[0], args: stdio.slice(1) } }),
  }));
};

export default ({ NODE, write }) => [
  {
    name: 'mcp-hub',
    group: 'ours',
    scenarios: ['http', 'stdio', 'openapi'],
    protocols: ['legacy', 'modern'],
    multi: true,
    version: 'HEAD',
    start: (context) => {
      const config = {
        database: { type: 'memory' },
        seed: { importOnStartup: false },
        log: { level: 'warn' },
        servers: serversOf(context),
      };
      const file = write(context.dir, 'mcp-hub.json', JSON.stringify(config));
      return {
        cmd: NODE,
        args: [command, 'serve', '--port', String(context.port), '--config', file],
        path: '/servers/up0/mcp',
      };
    },
  },
];
