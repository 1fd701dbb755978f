// A real OpenID provider for the tests of signing in: node provider.mjs PORT REDIRECT_URI
// GET /test/who?claims=JSON says who signs in next; there is no page with a password. It ends with its standard input.

import { Provider } from 'oidc-provider'

const [port, redirectUri] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
const people = new Map()
let who = 'nobody'

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'wardround',
      client_secret: 'a secret & more: 100%',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code']
    }
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'roles', 'realm_access'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
  // Whoever has signed in agrees.
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
  cookies: { keys: ['for tests only'] }
})

provider.use(async (ctx, next) => {
  if (ctx.path === '/test/who') {
    const claims = JSON.parse(ctx.query.claims)
    who = claims.sub
    people.set(who, claims)
    ctx.body = 'ok'
  } else if (ctx.path.startsWith('/interaction/')) {
    const result = { login: { accountId: who, remember: false } }
    await provider.interactionFinished(ctx.req, ctx.res, result)
    ctx.respond = false
  } else {
    await next()
  }
})

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'))
process.stdin.on('end', () => process.exit(0)).resume()
