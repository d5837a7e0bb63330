// A stand-in of ProConnect: an OpenID Connect provider with the claims of a French agent. For tests on loopback only.
//
// Usage: node identity-provider.mjs <folder of the packages> <port> <client id> <client secret> <redirect URI of the client> <token for /people>
//
// `POST /people` takes `{email, given_name, usual_name, siret}`: who can sign in, with no more than the e-mail address.

import { createRequire } from 'node:module';
import { generateKeyPairSync, randomUUID } from 'node:crypto';

const [packages, port, clientId, clientSecret, redirectUri, token] = process.argv.slice(2);
const { Provider } = await import(createRequire(packages + '/').resolve('oidc-provider'));
const issuer = `http://127.0.0.1:${port}`;
/// What ProConnect calls an authentication with one factor.
const ACR = 'eidas1';
const people = new Map();

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomUUID() };

const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  jwks: { keys: [key] },
  cookies: { keys: [randomUUID()] },
  claims: { openid: ['sub'], email: ['email'], given_name: ['given_name'], usual_name: ['usual_name'], siret: ['siret'] },
  acrValues: [ACR],
  features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => people.has(id) ? { accountId: id, claims: () => ({ sub: id, ...people.get(id) }) } : undefined,
  // The one client is the administration's own, so nobody is asked for consent.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid email given_name usual_name siret');
    await grant.save();
    return grant;
  },
});

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (uid, hint, words) => `<!doctype html><html lang="fr"><title>ProConnect (stand-in)</title>
<h1>ProConnect (stand-in)</h1><p>${escape(words)}</p>
<form method="post" action="/interaction/${uid}"><input name="email" type="email" value="${escape(hint)}">
<button name="choice" value="allow">Continuer</button> <button name="choice" value="deny">Annuler</button></form></html>`;

async function body(ctx) {
  const parts = [];
  for await (const part of ctx.req) parts.push(part);
  return Buffer.concat(parts).toString();
}

provider.use(async (ctx, next) => {
  if (ctx.path === '/people' && ctx.method === 'POST') {
    if (ctx.get('authorization') !== `Bearer ${token}`) ctx.throw(401);
    const person = JSON.parse(await body(ctx));
    people.set(person.email, person);
    ctx.body = {};
    return;
  }
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { uid, params } = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = page(uid, params.login_hint ?? '', 'Votre adresse professionnelle');
    return;
  }
  const form = new URLSearchParams(await body(ctx));
  const email = (form.get('email') ?? '').trim().toLowerCase();
  if (form.get('choice') !== 'allow') {
    const denied = { error: 'access_denied', error_description: 'the person said no' };
    await provider.interactionFinished(ctx.req, ctx.res, denied, { mergeWithLastSubmission: false });
  } else if (people.has(email)) {
    const login = { accountId: email, acr: ACR };
    await provider.interactionFinished(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false });
  } else {
    ctx.status = 403;
    ctx.type = 'html';
    ctx.body = page(uid, email, 'Cette adresse n’est pas connue');
  }
  ctx.respond = ctx.respond && !ctx.res.headersSent;
});

provider.listen(Number(port), '127.0.0.1');
