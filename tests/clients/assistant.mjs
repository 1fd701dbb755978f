// Uses the tools of a site with a client that we did not write, and prints what it got as JSON.
//
//   node assistant.mjs http://127.0.0.1:8081/mcp modern|legacy CALLS
//
// CALLS is a list in JSON of { name, arguments }.

const [address, era, calls] = process.argv.slice(2)
const url = new URL(address)

async function connected() {
  if (era === 'modern') {
    const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client')
    const options = { versionNegotiation: { mode: { pin: '2026-07-28' } } }
    const client = new Client({ name: 'story', version: '1' }, options)
    await client.connect(new StreamableHTTPClientTransport(url))
    return client
  }
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
  const client = new Client({ name: 'story', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(url))
  return client
}

const client = await connected()
const { tools } = await client.listTools()
const results = []
for (const call of JSON.parse(calls)) {
  results.push(await client.callTool(call))
}
console.log(JSON.stringify({ server: client.getServerVersion(), instructions: client.getInstructions(), tools, results }))
await client.close()
