// Harvests a site with a client that we did not write, and prints what it got as JSON.
//
//   node harvest.mjs http://127.0.0.1:8081/oai

import oai from 'oai-pmh'

const [base] = process.argv.slice(2)
const client = new oai.OaiPmh(base)

async function all(list) {
  const items = []
  for await (const item of list) {
    items.push(item)
  }
  return items
}

const metadataPrefix = 'oai_dc'
const identity = await client.identify()
const formats = await client.listMetadataFormats()
const sets = await all(client.listSets())
const headers = await all(client.listIdentifiers({ metadataPrefix }))
const records = await all(client.listRecords({ metadataPrefix }))
const record = await client.getRecord(headers[0].identifier, metadataPrefix)
let refused
try {
  await client.getRecord('urn:x', metadataPrefix)
} catch (error) {
  refused = error.code
}
console.log(JSON.stringify({ identity, formats, sets, headers, records, record, refused }))
