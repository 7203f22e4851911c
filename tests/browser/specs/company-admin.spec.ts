import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { chooseFactor, enterCodeFrom, fillRegistration, giveDestination, proveEmail, submitRegistration } from '../support/acts';
import { findUser } from '../support/admin';
import { invitationIn, linkIn, Mailbox } from '../support/inbox';
import { look } from '../support/look';
import { newPerson } from '../support/person';
import { picture } from '../support/picture';
import { done, expectPortal, openPortal, submit, summary } from '../support/portal';
import { enters, madeByHand, returns } from '../support/staff';
import { expect, test } from '../support/test';
import type { Followed } from '../support/topics';

test.describe.configure({ timeout: 300_000 });

/** The row of somebody in a list. */
const row = (page: Page, who: string) => page.locator('.rows li').filter({ hasText: who });

/** Presses the button of the form that leads there. */
const press = (page: Page, action: string) => page.locator(`form[action$="${action}"] button`).click();

/** What was asked of Keycloak is there, and the page refreshes itself no longer. */
const settled = (page: Page) => expect(page.getByText(/being done/i)).toHaveCount(0);

/** The company that a person's record names. */
async function companyOf(record: Followed, role: 'admin' | 'user'): Promise<string> {
  const { company } = await record.becomes({ company: { role } });
  return (company as { company_id: string }).company_id;
}

test("a company admin's day: who asks, who is invited, what they may do, and out again", async ({ visitor, topics }) => {
  const admin = await madeByHand({ firstName: 'Siti', lastName: 'Rahma' });
  const adminId = (await findUser(admin.email))!.id;
  const own = topics.follow('gatehouse.users.v1', adminId);
  const company = topics.follow('gatehouse.companies.v1', await companyOf(own, 'admin'));
  await company.becomes({ status: 'active', members: 1 });
  const { page } = await enters(visitor, admin, '/company/people');

  // Who typed the name of the company asks to be let in.
  const asking = await madeByHand({ company: admin.company, firstName: 'Budi', lastName: 'Santoso' });
  const stranger = await madeByHand({ company: admin.company, firstName: 'Eko', lastName: 'Prakoso' });
  const member = topics.follow('gatehouse.users.v1', (await findUser(asking.email))!.id);
  await member.becomes({ company: null });
  await topics.follow('gatehouse.users.v1', (await findUser(stranger.email))!.id).becomes({ company: null });
  await openPortal(page, '/company/requests');
  await look(page, 'company-requests');
  await picture(page, 'pages/requests');
  await row(page, asking.email).getByRole('button', { name: 'Let Budi Santoso in' }).click();
  await expect(done(page)).toHaveText('The person is now in the company, as a basic user.');
  await member.becomes({ company: { company_id: company.key, role: 'user' } });
  await company.becomes({ members: 2 });
  await row(page, stranger.email).getByRole('button', { name: 'Refuse Eko Prakoso' }).click();
  await expect(done(page)).toHaveText('The request was refused.');
  await expect(row(page, stranger.email)).toHaveCount(0);

  // One is invited, again, and no longer.
  const gone = newPerson('en');
  await openPortal(page, '/company/people/invite');
  await page.locator('#email').fill('nobody');
  await submit(page);
  await expect(summary(page)).toBeFocused();
  await page.locator('#email').fill(gone.email);
  await submit(page);
  await expect(done(page)).toHaveText('The invitation is on its way.');
  const first = invitationIn(await gone.mailbox.next());
  await row(page, gone.email).getByRole('button', { name: /^Send the invitation/ }).click();
  await expect(done(page)).toHaveText('The invitation was sent again, with a new link.');
  const second = invitationIn(await gone.mailbox.next());
  expect(second).not.toBe(first);
  await row(page, gone.email).getByRole('button', { name: /^Cancel the invitation/ }).click();
  await expect(done(page)).toHaveText('The invitation was cancelled. Its link no longer works.');
  await expect(row(page, gone.email)).toHaveCount(0);
  const late = await visitor('en');
  for (const link of [first, second]) {
    await late.page.goto(link);
    await expect(late.page.locator('main')).toContainText('This invitation is no longer valid.');
  }

  // Many are invited, once somebody has seen what would happen.
  const invited = newPerson('en', { firstName: 'Dewi', lastName: 'Anggraini', company: admin.company });
  await openPortal(page, '/company/people/invite-many');
  const csv = ['email,first_name,last_name,role', `${invited.email},Dewi,Anggraini,admin`, 'no address,,,user', `${asking.email},,,user`];
  await page.locator('#file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(`${csv.join('\r\n')}\r\n`) });
  await submit(page);
  await expect(page.locator('tbody tr')).toHaveText([/Will be invited/, /Enter an e-mail address/, /They are in the company already/]);
  await look(page, 'company-invite-many');
  expect(await invited.mailbox.unread(), 'the dry run sends nothing').toBe(0);
  await page.getByRole('button', { name: 'Invite 1' }).click();
  await expect(done(page)).toHaveText('The invitation is on its way.');
  await settled(page);
  await look(page, 'company-people');
  await picture(page, 'pages/people');
  const theirs = await visitor('en');
  await theirs.page.goto(invitationIn(await invited.mailbox.next()));
  await fillRegistration(theirs.page, invited);
  await submitRegistration(theirs.page);
  await proveEmail(theirs.page, invited);
  await chooseFactor(theirs.page, 'email');
  await giveDestination(theirs.page, invited.email);
  await enterCodeFrom(theirs.page, invited, 'email');
  await expectPortal(theirs.page, 'Dewi Anggraini');
  const colleagueId = (await findUser(invited.email))!.id;
  const colleague = topics.follow('gatehouse.users.v1', colleagueId);
  await colleague.becomes({ status: 'active', company: { company_id: company.key, role: 'admin' }, second_factors: ['email'] });
  await company.becomes({ members: 3 });

  // Both admins edit the billing profile: neither overwrites the other.
  for (const each of [page, theirs.page]) await openPortal(each, '/company');
  await theirs.page.locator('#legal_name').fill('PT Milik Dewi');
  await theirs.page.locator('#billing .button.primary').click();
  await expect(done(theirs.page)).toHaveText('The billing profile is saved.');
  await company.becomes({ billing: { legal_name: 'PT Milik Dewi' } });
  await page.locator('#legal_name').fill('PT Milik Siti');
  await page.locator('#billing .button.primary').click();
  await expect(summary(page)).toBeFocused();
  await expect(summary(page).locator('tbody tr')).toHaveText([/Legal name.*PT Milik Siti.*PT Milik Dewi/s]);
  await look(page, 'company-billing-changed');
  await page.getByRole('button', { name: 'Save mine' }).click();
  await expect(done(page)).toHaveText('The billing profile is saved.');
  await company.becomes({ billing: { legal_name: 'PT Milik Siti' } });
  await own.becomes({ company: { billing: { legal_name: 'PT Milik Siti' } } });

  // What the colleague is, and what one finer permission adds.
  const person = `/company/people/${colleagueId}`;
  await openPortal(page, person);
  await settled(page);
  await look(page, 'company-person');
  await picture(page, 'pages/person');
  await page.locator('#role').selectOption('user');
  await press(page, '/role');
  await expect(done(page)).toHaveText('The role was changed.');
  await colleague.becomes({ company: { role: 'user' } });
  const look_at_people = async () => (await theirs.page.goto(page.url().replace(/\/company\/.*/, '/company/people')))!.status();
  expect(await look_at_people(), 'a basic user').toBe(404);
  await page.locator('#power').selectOption('people.view');
  await press(page, '/grants');
  await expect(done(page)).toHaveText('The permission was granted.');
  expect(await look_at_people(), 'who was granted it').toBe(200);
  await page.getByRole('button', { name: /^Take away/ }).click();
  await expect(done(page)).toHaveText('The permission was taken away.');
  expect(await look_at_people(), 'after it was taken away').toBe(404);

  // Stopped, and let go on.
  await press(page, '/disable');
  await expect(summary(page)).toBeFocused();
  await page.locator('#reason').fill('on leave until further notice');
  await press(page, '/disable');
  await expect(done(page)).toHaveText('The person is disabled and signed out.');
  await openPortal(theirs.page, '/account');
  await expect(theirs.page.locator('#kc-login'), 'signed out at once').toBeVisible();
  await colleague.becomes({ status: 'disabled' });
  await press(page, '/enable');
  await expect(done(page)).toHaveText('The person can sign in again.');
  await colleague.becomes({ status: 'active' });
  await returns(theirs, invited, '/account');

  // They choose their new password themselves, and a reset of the second step is asked of staff.
  const mails = new Mailbox(invited.email);
  while ((await mails.unread()) > 0) await mails.next();
  await press(page, '/password');
  await expect(done(page)).toHaveText('The link is on its way.');
  expect(linkIn(await mails.next())).toContain('action-token');
  await page.locator('#factors_reason').fill('the phone is lost');
  await press(page, '/factors');
  await expect(done(page)).toHaveText('The request is with our staff.');

  // Out of the company; the account stays.
  await press(page, '/remove');
  await expect(done(page)).toHaveText('The person is no longer in the company.');
  await colleague.becomes({ status: 'active', company: null });
  await company.becomes({ members: 2 });

  // The company itself.
  await openPortal(page, '/company/profile');
  const name = `${admin.company} Nusantara`;
  await page.locator('#name').fill(name);
  await submit(page);
  await expect(done(page)).toHaveText('The company has its new name.');
  await company.becomes({ name });
  await own.becomes({ company: { name } });
  await press(page, '/leave');
  await expect(summary(page)).toContainText('You are the last admin');

  // What was done is told, on the page and as a file.
  await openPortal(page, '/company/history');
  await look(page, 'company-history');
  await picture(page, 'pages/history');
  await expect(page.locator('main')).toContainText('on leave until further notice');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download all' }).click()]);
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { action: string; subject_id: string });
  const done_to = lines.filter(({ subject_id }) => subject_id === colleagueId).map(({ action }) => action);
  for (const action of ['person.role_changed', 'access.granted', 'person.disabled', 'person.enabled', 'person.removed']) expect(done_to).toContain(action);
});
