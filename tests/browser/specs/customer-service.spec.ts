import type { Page } from '@playwright/test';
import { givePassword, problem } from '../support/acts';
import { credentialsOf, findUser, sessionsOf } from '../support/admin';
import { apiOf } from '../support/api';
import { linkIn } from '../support/inbox';
import { look, walkByKeyboard } from '../support/look';
import { picture } from '../support/picture';
import { done, openPortal, submit, summary } from '../support/portal';
import { enters, fresh, madeByHand, returns, staffMember } from '../support/staff';
import { expect, test } from '../support/test';
import { until } from '../support/until';

test.describe.configure({ timeout: 360_000 });

const USERS = 'gatehouse.users.v1';

/** Searches as staff, and opens the one match. */
async function open(page: Page, text: string, name: string): Promise<void> {
  await openPortal(page, '/backoffice');
  await page.locator('#q').fill(text);
  await submit(page);
  await page.locator('.rows li').filter({ hasText: name }).locator('a').click();
  await expect(page.locator('.facts').first()).toBeVisible();
}

/** Fills in the reason of the form that leads there, and sends it. */
async function withReason(page: Page, action: string, reason: string): Promise<void> {
  const form = page.locator(`form[action$="${action}"]`);
  await form.locator('[name="reason"]').fill(reason);
  await form.locator('button').click();
}

test("customer service's day: found, looked at, written down, blocked and let go on, second step given back, company suspended", async ({
  visitor,
  topics,
}) => {
  // A company with its admin, who has a tax number and a phone, and one more person in it.
  const admin = await madeByHand({ firstName: 'Ratna', lastName: 'Kusuma' });
  const adminId = (await findUser(admin.email))!.id;
  const record = topics.follow(USERS, adminId);
  const { company_id } = (await record.becomes({ company: { role: 'admin' } }))['company'] as { company_id: string };
  const company = topics.follow('gatehouse.companies.v1', company_id);
  await company.becomes({ status: 'active' });
  const customer = await enters(visitor, admin, '/company', 'sms');
  await record.becomes({ phones: [{ e164: admin.phone, verified_at: expect.any(String) }] });
  await customer.page.locator('#tax_kind_1').selectOption('ID/NPWP');
  await customer.page.locator('#tax_value_1').fill('01.312.166.0-091.000');
  await customer.page.locator('#billing .button.primary').click();
  await expect(done(customer.page)).toBeVisible();
  await company.becomes({ billing: { tax_ids: [{ value: '0013121660091000' }] } });
  const member = await madeByHand({ company: admin.company, firstName: 'Zulkifli', lastName: `Hasan ${admin.company.slice(-10)}` });
  const memberId = (await findUser(member.email))!.id;
  const theirs = topics.follow(USERS, memberId);
  await theirs.becomes({ company: null });
  const leader = await apiOf(customer.context);
  const asking = { path: { company_id, user_id: memberId } };
  expect((await leader.POST('/companies/{company_id}/join-requests/{user_id}/approve', { params: asking })).response.status).toBe(202);
  await theirs.becomes({ company: { company_id, role: 'user' } });
  const phone = await enters(visitor, member, '/account');
  await theirs.becomes({ status: 'active', second_factors: ['email'] });

  const { page } = await staffMember(visitor, 'customer-service');
  await page.locator('#q').fill(' ');
  await submit(page);
  await expect(summary(page)).toBeFocused();

  // By exact address, number, tax number and id, and by the beginning of a name; masked.
  await open(page, member.email.toUpperCase(), 'Z•••');
  expect(new URL(page.url()).pathname).toBe(`/backoffice/people/${memberId}`);
  await open(page, admin.phone, 'R•••');
  expect(new URL(page.url()).pathname).toBe(`/backoffice/people/${adminId}`);
  await open(page, adminId, 'R•••');
  await open(page, '01.312.166.0-091.000', admin.company);
  expect(new URL(page.url()).pathname).toBe(`/backoffice/companies/${company_id}`);
  await open(page, `zulk ${member.lastName.slice(-10, -2)}`, 'Z•••');
  expect(new URL(page.url()).pathname).toBe(`/backoffice/people/${memberId}`);
  await openPortal(page, '/backoffice');
  await page.locator('#q').fill(member.email);
  await submit(page);
  await look(page, 'backoffice-search');
  await picture(page, 'pages/search');

  // Masked until asked for; the customer sees who looked, and why.
  const shown = page.locator('main');
  await open(page, admin.email, 'R•••');
  await expect(shown).not.toContainText(admin.email);
  await expect(shown).not.toContainText(admin.phone);
  await expect(shown).not.toContainText('Kusuma');
  await look(page, 'backoffice-person');
  await walkByKeyboard(page, 'backoffice-person');
  await picture(page, 'pages/backoffice-person');
  await withReason(page, '/unmask', '');
  await expect(summary(page)).toBeFocused();
  await withReason(page, '/unmask', 'asked by phone for the number on file');
  await expect(done(page)).toHaveText('This look at personal data was recorded.');
  for (const text of [admin.email, admin.phone, 'Ratna Kusuma']) await expect(shown).toContainText(text);
  expect(page.url(), 'no personal data in an address').not.toContain('@');
  await openPortal(customer.page, '/account/data');
  await expect(customer.page.locator('tr[data-action="person.unmasked"]')).toContainText('asked by phone for the number on file');
  await openPortal(customer.page, '/company/history');
  await expect(customer.page.locator('tr[data-action="person.unmasked"]')).toContainText('Our staff');

  // Written down, for staff.
  await page.locator('#note').fill('Prefers calls after 14:00 WIB');
  await page.locator('form[action$="/notes"] button').click();
  await expect(done(page)).toHaveText('The note was written.');
  await expect(shown).toContainText('Prefers calls after 14:00 WIB');

  // The last admin of a company is not blocked.
  await withReason(page, '/block', 'suspected fraud');
  await expect(summary(page)).toContainText('They are the last admin of a company');

  // Somebody else is: pages, tokens and sessions are over at once.
  const bearer = await apiOf(phone.context);
  const extended = async () => (await bearer.GET('/users/{user_id}/extended', { params: { path: { user_id: memberId } } })).response.status;
  expect(await extended()).toBe(200);
  await openPortal(page, `/backoffice/people/${memberId}`);
  await withReason(page, '/block', '');
  await expect(summary(page)).toBeFocused();
  await withReason(page, '/block', 'the phone was stolen');
  await expect(done(page)).toHaveText('The person is blocked and signed out.');
  expect(await extended(), 'the token').toBe(401);
  await theirs.becomes({ status: 'blocked' });
  await expect.poll(() => sessionsOf(memberId), { message: 'the sessions at Keycloak to end' }).toEqual([]);
  await openPortal(phone.page, '/account');
  await givePassword(phone.page, member);
  await expect(problem(phone.page)).toBeVisible();
  await withReason(page, '/unblock', 'the phone was found');
  await expect(done(page)).toHaveText('The person is no longer blocked.');
  await theirs.becomes({ status: 'active' });

  // A factor is locked and unlocked.
  const factor = page.locator('.rows li').filter({ hasText: 'email' }).first();
  const act = async (deed: string) => {
    await factor.locator('select').selectOption(deed);
    await factor.locator('[name="reason"]').fill('the customer called');
    await factor.locator('button').click();
    await expect(done(page)).toHaveText('It was done.');
  };
  await act('lock');
  await expect(factor.locator('.tags')).toContainText('locked');
  await act('unlock');
  await expect(factor.locator('.tags')).not.toContainText('locked');
  await fresh(member, 'email');
  await returns(phone, member, '/account');

  // The mail with the password link, sent again.
  await page.locator('form[action$="/password"] button').click();
  await expect(done(page)).toHaveText('The link is on its way.');
  expect(linkIn(await member.mailbox.next())).toContain('action-token');

  // A reset of the second step takes two members of staff.
  await withReason(page, `/${memberId}/factors`, 'mailbox lost, identity checked by video');
  await expect(done(page)).toHaveText('It waits for a second member of staff.');
  await withReason(page, `/${memberId}/factors`, 'once more');
  await expect(summary(page)).toContainText('The same waits for a decision already.');
  await openPortal(page, '/backoffice/approvals');
  const waiting = (on: Page) => on.locator('.rows li').filter({ hasText: memberId });
  await look(page, 'backoffice-approvals');
  await picture(page, 'pages/approvals');
  await waiting(page).locator('form[action$="/approve"] button').click();
  await expect(summary(page)).toContainText('You asked for this');
  const second = await staffMember(visitor, 'customer-service');
  await openPortal(second.page, '/backoffice/approvals');
  await waiting(second.page).locator('form[action$="/approve"] button').click();
  await expect(done(second.page)).toHaveText('It was done.');
  await theirs.becomes({ second_factors: [] });
  await until('the credential to go', async () => {
    const kinds = (await credentialsOf(memberId)).map(({ type }) => type);
    return kinds.some((kind) => kind.startsWith('gh-')) ? undefined : kinds;
  });

  // The company as a whole.
  await openPortal(page, `/backoffice/companies/${company_id}`);
  await look(page, 'backoffice-company');
  await withReason(page, '/suspend', 'unpaid since August');
  await expect(done(page)).toHaveText('It was done.');
  await company.becomes({ status: 'suspended' });
  expect((await customer.page.goto(new URL('/company/people', page.url()).href))!.status(), 'nothing may be done in it').toBe(404);
  await withReason(page, '/resume', 'paid');
  await company.becomes({ status: 'active' });
  expect((await customer.page.goto(new URL('/company/people', page.url()).href))!.status()).toBe(200);
});
