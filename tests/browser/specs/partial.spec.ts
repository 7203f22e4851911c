import type { Page } from '@playwright/test';
import { findUser } from '../support/admin';
import { inDatabase } from '../support/database';
import { look, walkByKeyboard } from '../support/look';
import { done, openPortal } from '../support/portal';
import { stack } from '../support/stack';
import { enters, madeByHand, staffMember } from '../support/staff';
import { expect, test } from '../support/test';

test.describe.configure({ timeout: 240_000 });

const rows = (page: Page) => page.locator('#people > li');

/** Notes that this document is looked at; `isSame` tells later whether it still is. */
const mark = (page: Page) => page.evaluate(() => document.documentElement.setAttribute('data-seen', 'yes'));
const isSame = async (page: Page) => (await page.locator('html[data-seen]').count()) === 1;

/** Everything that the browser refused because of the policy. */
function refusals(page: Page): string[] {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  return refused;
}

/** What was decided about somebody does not get to Keycloak, until `letGo`. */
async function holdUp(userId: string): Promise<{ letGo: () => Promise<number> }> {
  await inDatabase("INSERT INTO jobs (kind, key, run_at) VALUES ('people.standing', $1, now() + interval '1 year')", userId);
  return { letGo: () => inDatabase("DELETE FROM jobs WHERE kind = 'people.standing' AND key = $1", userId) };
}

test('with a script a list is searched while one types and goes on in its place', async ({ visitor }) => {
  const admin = await madeByHand({ firstName: 'Siti', lastName: 'Rahma' });
  const user = (await findUser(admin.email))!.id;
  const { page, context } = await enters(visitor, admin, '/company/people');
  const refused = refusals(page);
  await inDatabase(
    `INSERT INTO invitations (invitation_id, company_id, email, role, state, invited_by, invited_at, expires_at)
     SELECT gen_random_uuid(), company_id, 'guest' || n || '.' || user_id || '@example.com', 'user', 'sent', user_id,
         now() + make_interval(secs => n), now() + interval '1 year'
     FROM company_members, generate_series(100, 159) AS n WHERE user_id = $1`,
    user,
  );
  await openPortal(page, '/company/people');
  await mark(page);
  await expect(rows(page)).toHaveCount(50);

  // The rest comes under what is there, and Tab goes on from there.
  await page.locator('#people-next').focus();
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(61);
  await expect(page.locator('#loaded')).toHaveText('Entries loaded: 11');
  await expect(page.locator('#people-next')).toBeFocused();
  await expect(page.getByRole('button', { name: 'Next page' })).toHaveCount(0);

  // What is typed is found, the field keeps the focus, and the address tells nothing of it.
  await page.locator('#search').pressSequentially('guest107');
  await expect(rows(page)).toHaveCount(1);
  await expect(page.locator('#loaded')).toHaveText('Entries loaded: 1');
  await expect(page.locator('#search')).toBeFocused();
  await expect(page.locator('#search')).toHaveValue('guest107');
  await look(page, 'people-found');
  await walkByKeyboard(page, 'people-found');
  await page.locator('#search').fill('');
  await page.locator('#state').selectOption('active');
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('Siti Rahma');
  expect(await isSame(page), 'the page was never loaded again').toBe(true);
  expect(page.url()).toBe(`${stack().gatehouse_url}/company/people`);
  const kept = await page.evaluate(() => [...Object.entries(localStorage), ...Object.entries(sessionStorage)]);
  expect(kept, 'what the browser keeps').toEqual([['htmx-current-path-for-history', '/company/people']]);
  expect(refused).toEqual([]);

  // What goes wrong is said, and the page stays as it is.
  await page.route('**/company/people/search', async (route) => {
    const address = `${stack().gatehouse_url}/company/people/nobody`;
    await route.fulfill({ response: await route.fetch({ url: address, method: 'GET' }) });
  });
  await page.locator('#search').fill('x');
  await expect(page.locator('#told')).toHaveText('The link may be old, or the page is not for you to see.');
  await expect(rows(page)).toHaveCount(1);
  expect(await isSame(page)).toBe(true);
  await page.unroute('**/company/people/search');

  // The session is over: the whole page goes to sign-in, and from there back to the list.
  await context.clearCookies({ name: '__Host-gatehouse-session' });
  await page.locator('#search').fill('y');
  await expect.poll(() => isSame(page)).toBe(false);
  await page.waitForURL(`${stack().gatehouse_url}/company/people`);
  await expect(rows(page)).toHaveCount(50);
});

test('staff find people and companies while they type, and nothing of it is kept', async ({ visitor }) => {
  const person = await madeByHand({ firstName: 'Dewi', lastName: 'Anggraini' });
  const { page } = await staffMember(visitor, 'customer-service');
  const refused = refusals(page);
  await mark(page);
  await page.locator('#q').pressSequentially(person.email);
  await expect(page.locator('#people > li')).toHaveCount(1);
  await expect(page.locator('#people')).toContainText('D••• A•••');
  await expect(page.locator('#q')).toBeFocused();
  await look(page, 'backoffice-found');
  // What is too short to search for empties the result, without a word until the button is pressed.
  await page.locator('#q').fill('');
  await expect(page.locator('#found')).toBeEmpty();
  expect(await isSame(page)).toBe(true);
  expect(page.url()).toBe(`${stack().gatehouse_url}/backoffice`);
  await page.locator('form[role="search"] button').click();
  await expect(page.locator('.summary')).toBeFocused();
  expect(refused).toEqual([]);
});

test('what is being done shows its end by itself, and what is typed meanwhile stays', async ({ visitor }) => {
  const admin = await madeByHand();
  const user = (await findUser(admin.email))!.id;
  const { page } = await enters(visitor, admin, '/company/people');
  const refused = refusals(page);
  const { letGo } = await holdUp(user);
  await openPortal(page, `/company/people/${user}`);
  await mark(page);
  await page.locator('#reason').fill('lost her laptop');
  await expect(page.locator('#waiting')).toContainText('This is being done.');
  const asked = () => page.waitForResponse((response) => response.url().endsWith('?done=settled'));
  await asked();
  await asked();
  await expect(page.locator('#reason')).toHaveValue('lost her laptop');
  await look(page, 'person-waiting');
  await letGo();
  await expect(done(page)).toHaveText('This is finished. The page shows how it is now.');
  await expect(page.locator('#waiting')).toBeEmpty();
  await expect(page.locator('#reason')).toHaveValue('lost her laptop');
  await expect(page.locator('#reason')).toBeFocused();
  expect(await isSame(page)).toBe(true);
  expect(refused).toEqual([]);
});

test('without a script the page loads itself again, and lists go on page by page', async ({ visitor }) => {
  const admin = await madeByHand();
  const user = (await findUser(admin.email))!.id;
  const { page } = await enters((language) => visitor(language, { javaScriptEnabled: false }), admin, '/company/people');
  const { letGo } = await holdUp(user);
  await openPortal(page, '/company/people');
  await expect(page.locator('#waiting')).toContainText('This is being done.');
  await letGo();
  await expect(page.locator('#waiting')).toBeEmpty();
  await page.locator('#search').fill('nobody at all');
  await page.locator('.filter button').click();
  await expect(page.locator('main')).toContainText('Nobody matches');
});
