// A small OpenID Connect provider for tests, with the login page of
// oidc-provider: any login with any password signs in as that login.
//
//   node e2e/provider.mjs '{"clientId": "…", "secret": "…", "back": "https://…/login/sso/back", "port": 0}'
//
// prints {"issuer": "http://localhost:…"} once it answers. To play a provider
// that misbehaves, `nonce` in the settings replaces the nonce that was asked for.
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const settings = JSON.parse(process.argv[2])

const server = createServer()
server.listen(settings.port ?? 0, '127.0.0.1', () => {
  const issuer = `http://localhost:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: settings.clientId, client_secret: settings.secret, redirect_uris: [settings.back], application_type: 'native' }],
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    pkce: { required: () => true },
    findAccount: (_ctx, login) => ({
      accountId: login,
      claims: () => ({ sub: `subject-of-${login}`, preferred_username: login }),
    }),
  })
  provider.use(async (ctx, next) => {
    if (settings.nonce && ctx.path === '/auth') ctx.query = { ...ctx.query, nonce: settings.nonce }
    await next()
  })
  server.on('request', provider.callback())
  console.log(JSON.stringify({ issuer }))
})
