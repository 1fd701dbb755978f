// A real SMTP server for the tests of signing in: node smtp.mjs PORT
// Prints each mail as one line of JSON. It ends with its standard input.

import { SMTPServer } from 'smtp-server'

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, session, done) {
    const parts = []
    stream.on('data', (part) => parts.push(part))
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map((one) => one.address)
      console.log(JSON.stringify({ to, text: Buffer.concat(parts).toString() }))
      done()
    })
  }
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))
process.stdin.on('end', () => process.exit(0)).resume()
