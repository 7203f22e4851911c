import { chooseFactor, enterCodeFrom, giveDestination, givePassword } from '../support/acts';
import { findUser } from '../support/admin';
import { Keystone } from '../support/keystone';
import { look, walkByKeyboard } from '../support/look';
import { picture } from '../support/picture';
import { done, openPortal, submit, summary } from '../support/portal';
import { madeByHand, staffMember } from '../support/staff';
import { expect, test } from '../support/test';
import type { Locator, Page } from '@playwright/test';

test.describe.configure({ timeout: 360_000 });

/** Loads the page again until it shows this: work goes on behind it. */
async function reloadUntil(page: Page, path: string, shown: (page: Page) => Locator): Promise<void> {
  await expect(async () => {
    await openPortal(page, path);
    await expect(shown(page)).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
}

/** The card of a request that stands like this. */
const standing = (what: string, state: string) => (page: Page): Locator =>
  page.locator('section.card').filter({ hasText: what }).filter({ has: page.locator('.tag', { hasText: state }) });

/** Staff open what waits for this project, and approve it. */
async function approve(page: Page, project: string, looks: (page: Page) => Promise<void> = async () => {}): Promise<void> {
  await openPortal(page, '/backoffice/requests?state=notified');
  await page.locator('.rows li').filter({ hasText: project }).locator('a').click();
  await looks(page);
  await page.locator('form[action$="/approve"] button').click();
  await expect(done(page)).toHaveText('It is done and recorded.');
}

test('from the form of a customer by the decision of staff to Keystone and the record', async ({ visitor, topics }) => {
  const person = await madeByHand({ firstName: 'Siti', lastName: 'Rahma' });
  const { page } = await visitor('en');
  await openPortal(page, '/cloud');
  await givePassword(page, person);
  await chooseFactor(page, 'email');
  await giveDestination(page, person.email);
  await enterCodeFrom(page, person, 'email');
  await expect(page.locator('main')).toContainText('You have not asked for anything yet.');
  const user = (await findUser(person.email))!;
  const project = `Kerja ${user.id.slice(0, 8)}`;

  await page.locator('a[href="/cloud/ask"]').first().click();
  await look(page, 'cloud-choose');
  await page.locator('a[href="/cloud/ask/project"]').click();
  await submit(page);
  await expect(summary(page)).toBeFocused();
  await look(page, 'cloud-ask-problem');
  await walkByKeyboard(page, 'cloud-ask-problem');
  for (const [id, value] of Object.entries({
    new_project: project, description: 'Course on data science', pin: '4711', comment: 'The course begins in March',
  })) await page.locator(`#${id}`).fill(value);
  await submit(page);
  await expect(done(page)).toHaveText('Your request is on its way. You see here how it stands.');
  await reloadUntil(page, '/cloud', standing(project, 'Waiting for a decision'));
  await look(page, 'cloud-waiting');
  await walkByKeyboard(page, 'cloud-waiting');

  const { page: desk } = await staffMember(visitor, 'customer-service');
  await openPortal(desk, '/backoffice/requests');
  await expect(desk.locator('main')).not.toContainText(person.email);
  await look(desk, 'backoffice-requests');
  await walkByKeyboard(desk, 'backoffice-requests');
  await approve(desk, project, async (shown) => {
    await expect(shown.locator('main')).toContainText(person.email);
    await expect(shown.locator('main')).not.toContainText('4711');
    await picture(shown, 'pages/cloud-request');
    await shown.locator('#to').fill(person.email);
    await shown.locator('form[action$="/delegate"] button').click();
    await expect(summary(shown)).toBeVisible();
    await look(shown, 'backoffice-request');
    await walkByKeyboard(shown, 'backoffice-request');
  });
  await reloadUntil(page, '/cloud', standing(project, 'Done'));

  const keystone = await Keystone.open();
  const [there] = await keystone.list('projects', { name: project });
  expect(there).toMatchObject({ name: project, description: 'Course on data science', enabled: true });
  const id = there!['id'] as string;
  const [account] = await keystone.list('users', { name: person.email });
  const roles = await keystone.list('role_assignments', { 'scope.project.id': id });
  expect(roles.map((role) => role['user'])).toEqual([{ id: account!['id'] }]);
  await topics.find('gatehouse.users.v1', 'the project in the record', ({ key, value }) => {
    const projects = value?.['projects'] as { project_id: string }[] | undefined;
    return key === user.id && projects?.some(({ project_id }) => project_id === id) === true;
  });

  // More of it, for a time.
  await keystone.registerCores();
  await openPortal(page, '/cloud/ask/quota');
  await page.locator('#project').selectOption(project);
  await page.locator('#cores').fill('40');
  const last = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  await page.locator('#end_date').fill(last);
  await look(page, 'cloud-ask-quota');
  await walkByKeyboard(page, 'cloud-ask-quota');
  await submit(page);
  await reloadUntil(page, '/cloud', standing('Other quotas', 'Waiting for a decision'));
  await expect(page.locator('main')).toContainText(`Until ${last}`);
  await picture(page, 'pages/cloud');
  await approve(desk, project);
  await reloadUntil(page, '/cloud', standing('Other quotas', 'Done'));
  const limits = await keystone.list('limits', { project_id: id });
  expect(limits).toMatchObject([{ resource_name: 'class:VCPU', resource_limit: 40 }]);

  await openPortal(page, '/company/projects');
  await expect(page.locator('main')).toContainText(`cores 40 · Until ${last}`);
  await look(page, 'company-projects');
  await walkByKeyboard(page, 'company-projects');
  await picture(page, 'pages/cloud-projects');
});
