// A real SMTP server for the tests of signing in: node smtp.mjs PORT [tls|starttls]
// Prints each mail as one line of JSON. With `tls` or `starttls` it has a certificate of `certificates/ca.pem`, and takes mail
// of one user only. It ends with its standard input.

import { readFileSync } from 'node:fs'
import { SMTPServer } from 'smtp-server'

const [port, encryption] = process.argv.slice(2)
const certificate = (name) => readFileSync(new URL(`certificates/${name}`, import.meta.url))
const encrypted = {
  secure: encryption === 'tls',
  key: encryption && certificate('server.key'),
  cert: encryption && certificate('server.pem'),
  onAuth(auth, session, done) {
    const known = session.secure && auth.username === 'wardround' && auth.password === 'sent & encrypted: 100%'
    done(known ? null : new Error('unknown'), { user: 'wardround' })
  }
}
const plain = { authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'] }

const server = new SMTPServer({
  ...(encryption ? encrypted : plain),
  onData(stream, session, done) {
    const parts = []
    stream.on('data', (part) => parts.push(part))
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map((one) => one.address)
      const text = Buffer.concat(parts).toString()
      console.log(JSON.stringify({ to, text, secure: session.secure, user: session.user }))
      done()
    })
  }
})
// A client that does not trust the certificate ends the connection.
server.on('error', () => {})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
process.stdin.on('end', () => process.exit(0)).resume()
