// A client by the official TypeScript SDK, for the tests: connects, lists, calls, and tells what it
// saw as one line of JSON.
//   node client.mjs http URL
//   node client.mjs stdio COMMAND [ARGUMENT...]
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [how, target, ...rest] = process.argv.slice(2);
const transport =
  how === 'http'
    ? new StreamableHTTPClientTransport(new URL(target))
    : new StdioClientTransport({ command: target, args: rest, env: process.env, stderr: 'inherit' });
const client = new Client({ name: 'aidb-tests', version: '1.0.0' });
await client.connect(transport);
const { tools } = await client.listTools();
const { prompts } = await client.listPrompts();
const { resources } = await client.listResources();
const found = await client.callTool({ name: 'search', arguments: { query: 'lighthouse' } });
const mistake = await client.callTool({ name: 'search', arguments: {} });
console.log(
  JSON.stringify({
    server: client.getServerVersion(),
    tools: tools.map((tool) => tool.name),
    prompts: prompts.map((prompt) => prompt.name),
    resources: resources.map((resource) => resource.uri),
    found: found.content[0].text,
    mistake: mistake.isError === true,
  }),
);
await client.close();
