import { createHash, randomBytes } from 'node:crypto';
import { expect, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test';
import { secretOf } from './admin';
import { realmUrl, stack } from './stack';

/** Applications that people reach through Keycloak. */
export type App = 'account-console' | 'gatehouse-portal';

const apps: App[] = ['account-console', 'gatehouse-portal'];

/** A request for a code as the application would send it (RFC 6749, RFC 7636). */
export interface SignInRequest {
  url: string;
  redirectUri: string;
  verifier: string;
}

export function signInRequest(app: App, parameters: Record<string, string> = {}): SignInRequest {
  const redirectUri = app === 'account-console' ? `${realmUrl()}/account/` : `${stack().gatehouse_url}/`;
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: app,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { url: `${realmUrl()}/protocol/openid-connect/auth?${query}`, redirectUri, verifier };
}

/** What Keycloak answers to an application that asks, without showing a page, who sits there (`prompt=none`). */
async function answerTo(app: App, context: BrowserContext): Promise<URLSearchParams> {
  const { url } = signInRequest(app, { prompt: 'none' });
  const response = await context.request.get(url, { maxRedirects: 0 });
  expect(response.status(), `prompt=none of ${app}`).toBe(302);
  return new URL(response.headers()['location'] ?? '').searchParams;
}

/** No application lets this browser in. */
export async function expectShut(context: BrowserContext): Promise<void> {
  for (const app of apps) {
    const answer = await answerTo(app, context);
    expect(answer.get('code'), `${app} must stay shut`).toBeNull();
    expect(answer.get('error'), `${app} must stay shut`).toMatch(/^(login|interaction)_required$/);
  }
}

/** Every application lets this browser in. */
export async function expectOpen(context: BrowserContext): Promise<void> {
  for (const app of apps) {
    const answer = await answerTo(app, context);
    expect(answer.get('code'), `${app} must open; it said ${answer}`).not.toBeNull();
  }
}

/** The account console has opened and shows a signed-in person. */
export async function expectAccountConsole(page: Page, email: string): Promise<void> {
  await page.waitForURL((url) => url.pathname.startsWith(new URL(`${realmUrl()}/account`).pathname));
  await expect(page.locator('input[name="email"], [data-testid="email"]').first()).toHaveValue(email);
}

/** The portal was reached, with an authorization code. */
export async function expectPortal(page: Page): Promise<void> {
  await page.waitForURL((url) => url.href.startsWith(stack().gatehouse_url));
}

/** The token endpoint's answer, refusals included (RFC 6749). */
export interface Tokens {
  access_token?: string;
  refresh_token?: string;
  id_token?: string;
  error?: string;
}

async function askForTokens(request: APIRequestContext, form: Record<string, string>): Promise<Tokens> {
  const answer = await request.post(`${realmUrl()}/protocol/openid-connect/token`, { form, failOnStatusCode: false });
  return (await answer.json()) as Tokens;
}

/** Changes a code for tokens, as the application that asked for it. */
export async function exchange(request: APIRequestContext, app: App, asked: SignInRequest, code: string, secret = ''): Promise<Tokens> {
  const { redirectUri, verifier } = asked;
  return askForTokens(request, {
    grant_type: 'authorization_code',
    client_id: app,
    client_secret: secret,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
}

/** Renews tokens. */
export async function refresh(request: APIRequestContext, app: App, refreshToken: string): Promise<Tokens> {
  return askForTokens(request, { grant_type: 'refresh_token', client_id: app, refresh_token: refreshToken });
}

/** What an ID token says about how the person signed in (OpenID Connect Core, section 2). */
export interface Strength {
  acr: string;
  amr: string[];
  sid: string;
}

/** The tokens that the portal gets for the person who is signed in in this browser. */
export async function tokensOf(context: BrowserContext, parameters: Record<string, string> = {}): Promise<Tokens> {
  const asked = signInRequest('gatehouse-portal', parameters);
  const answer = await context.request.get(asked.url, { maxRedirects: 0 });
  const code = new URL(answer.headers()['location'] ?? 'none:', realmUrl()).searchParams.get('code');
  expect(code, 'signed in').not.toBeNull();
  return exchange(context.request, 'gatehouse-portal', asked, code!, await secretOf('gatehouse-portal'));
}

/** What the application learns about the person who is signed in in this browser. */
export async function strength(context: BrowserContext, parameters: Record<string, string> = {}): Promise<Strength> {
  const { id_token } = await tokensOf(context, parameters);
  return JSON.parse(Buffer.from(id_token!.split('.')[1]!, 'base64url').toString()) as Strength;
}
