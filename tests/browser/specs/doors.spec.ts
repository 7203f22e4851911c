import { codeField, enterCode, enterCodeFrom, givePassword, openAccount, openLoginOf } from '../support/acts';
import { findUser, logOutEverywhere } from '../support/admin';
import { exchange, expectAccountConsole, expectOpen, expectShut, refresh, signInRequest } from '../support/doors';
import { codeIn } from '../support/inbox';
import { atTheCode, member, signedIn } from '../support/members';
import { realmUrl } from '../support/stack';
import { expect, test } from '../support/test';

test('the address of a half-finished login opens nothing in another browser', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  const { page, context } = await atTheCode(visitor, person);
  const form = await page.locator('#gatehouse-code').getAttribute('action');
  const code = codeIn(await person.mailbox.next());

  const thief = await visitor('en');
  await thief.page.goto(page.url());
  await expect(codeField(thief.page)).toHaveCount(0);
  await expectShut(thief.context);
  await thief.context.request.post(form!, { form: { code }, failOnStatusCode: false });
  await expectShut(thief.context);

  // the attempt from elsewhere has not used up the code of the person it belongs to
  await enterCode(page, code);
  await expectAccountConsole(page, person.email);
  await expectOpen(context);
});

test('forged session ids lead to a page that says so, never in', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  const { page, context } = await atTheCode(visitor, person);
  const form = new URL((await page.locator('#gatehouse-code').getAttribute('action'))!);
  const code = codeIn(await person.mailbox.next());
  for (const [parameter, forged] of [['session_code', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'], ['execution', crypto.randomUUID()], ['tab_id', 'forged']] as const) {
    const url = new URL(form);
    url.searchParams.set(parameter, forged);
    const answer = await context.request.post(url.href, { form: { code }, failOnStatusCode: false });
    expect(answer.status(), parameter).toBeLessThan(500);
    await expectShut(context);
  }

  const stranger = await visitor('en');
  await stranger.context.addCookies([
    { name: 'AUTH_SESSION_ID', value: crypto.randomUUID(), url: realmUrl() },
    { name: 'KEYCLOAK_SESSION', value: crypto.randomUUID(), url: realmUrl() },
    { name: 'KEYCLOAK_IDENTITY', value: 'eyJhbGciOiJub25lIn0.e30.', url: realmUrl() },
  ]);
  await expectShut(stranger.context);
});

test('a second tab starts with the password again, and the first tab still finishes', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  const { page, context } = await atTheCode(visitor, person);
  const other = await context.newPage();
  await openLoginOf(other, 'gatehouse-portal');
  await expect(other.locator('#kc-login'), 'the second tab starts at the beginning').toBeVisible();
  await expectShut(context);
  await enterCodeFrom(page, person, 'sms');
  await expectAccountConsole(page, person.email);
  await expectOpen(context);
});

test('password alone is no grant: the direct grant is refused for every client', async ({ visitor, request }) => {
  const person = await member(visitor, 'en', 'email');
  for (const client of ['account-console', 'admin-cli', 'gatehouse-portal', 'security-admin-console', 'account']) {
    const answer = await request.post(`${realmUrl()}/protocol/openid-connect/token`, {
      form: { grant_type: 'password', client_id: client, username: person.email, password: person.password, scope: 'openid' },
      failOnStatusCode: false,
    });
    expect(answer.status(), client).toBeGreaterThanOrEqual(400);
    expect(answer.status(), client).toBeLessThan(500);
    expect(await answer.text(), client).not.toContain('access_token');
  }
});

test('tokens are renewed while the session lives, and not after staff end it', async ({ visitor, request }) => {
  const person = await member(visitor, 'en', 'email');
  const { page, context } = await signedIn(visitor, person, 'email');
  const asked = signInRequest('account-console');
  const answer = await context.request.get(asked.url, { maxRedirects: 0 });
  const code = new URL(answer.headers()['location']!).searchParams.get('code')!;
  const first = await exchange(request, 'account-console', asked, code);
  const second = await refresh(request, 'account-console', first.refresh_token!);
  expect(second.access_token).toBeTruthy();

  await logOutEverywhere((await findUser(person.email))!.id);
  expect(await refresh(request, 'account-console', second.refresh_token!)).toMatchObject({ error: 'invalid_grant' });
  await expectShut(context);
  await page.goto(`${realmUrl()}/account/`);
  await expect(page.locator('#kc-login')).toBeVisible();
});

test('a new login ends the session of the old one', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'email');
  const old = await signedIn(visitor, person, 'email');
  await expectOpen(old.context);
  const fresh = await signedIn(visitor, person, 'email');
  await expectOpen(fresh.context);
  await expectShut(old.context);
});

test('a wrong password is told in the person’s language without saying whether the account exists', async ({ visitor }) => {
  const person = await member(visitor, 'id', 'email');
  const sentences: (string | null)[] = [];
  for (const username of [person.email, `nobody.${person.email}`]) {
    const { page, context } = await visitor('id');
    await openAccount(page);
    await givePassword(page, { ...person, email: username, password: 'not the password' });
    const problem = page.locator('.gh-summary, .gh-alert-error');
    await expect(problem).toBeVisible();
    sentences.push(await problem.textContent());
    await expectShut(context);
  }
  expect(sentences[0]).toBe(sentences[1]);
  expect(person.mailbox.unread()).resolves.toBe(0);
});
