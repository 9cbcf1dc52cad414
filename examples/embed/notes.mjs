// A module server: the default export makes an MCP server. Any server of the official SDKs will do.
import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const notes = ['Water the plants'];

export default () => {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  server.registerTool(
    'add_note',
    {
      title: 'Add a note',
      description: 'Keeps a note and tells how many there are.',
      inputSchema: z.object({ text: z.string().min(1).describe('What to remember') }),
    },
    ({ text }) => ({ content: [{ type: 'text', text: `Kept. There are ${notes.push(text)} notes.` }] }),
  );
  return server;
};
