import { findUser } from '../support/admin';
import { callerOf } from '../support/api';
import { look, walkByKeyboard } from '../support/look';
import { done, expectPortal, openPortal, submit } from '../support/portal';
import { ofCloud } from '../support/stack';
import { enters, madeByHand } from '../support/staff';
import { expect, test } from '../support/test';

test("a basic user's day: their own account, their company's name, and nothing of anybody else", async ({ visitor, topics }) => {
  const admin = await madeByHand();
  const adminId = (await findUser(admin.email))!.id;
  const record = await topics.follow('gatehouse.users.v1', adminId).becomes({ company: { role: 'admin' } });
  const company = topics.follow('gatehouse.companies.v1', (record['company'] as { company_id: string }).company_id);
  await company.becomes({ status: 'active', members: 1 });
  const person = await madeByHand({ company: admin.company, firstName: 'Wayan', lastName: 'Putra' });
  const id = (await findUser(person.email))!.id;
  const own = topics.follow('gatehouse.users.v1', id);
  await own.becomes({ company: null });
  const leader = await callerOf((await enters(visitor, admin, '/company')).context);
  expect((await leader.call('POST', `/companies/${company.key}/join-requests/${id}/approve`)).status).toBeLessThan(300);
  await own.becomes({ company: { company_id: company.key, role: 'user' } });
  await company.becomes({ members: 2 });

  const { page, context } = await enters(visitor, person, '/account');
  await own.becomes({ second_factors: ['email'] });
  await expectPortal(page, 'Wayan Putra');
  await page.locator('#first_name').fill('I Wayan');
  await submit(page);
  await expect(done(page)).toBeVisible();
  await own.becomes({ name: { first: 'I Wayan', last: 'Putra' } });

  // What is theirs, and the name of their company.
  await page.locator('.sections a', { hasText: 'Company' }).click();
  await expect(page.locator('#company-title')).toHaveText(admin.company);
  await expect(page.locator('.pages a')).toHaveText(['Company profile', ...ofCloud('Projects')]);
  await expect(page.locator('.sections a')).toHaveText(['My account', 'Company', ...ofCloud('Cloud')]);
  await expect(page.locator('#name'), 'the name is not theirs to change').toHaveCount(0);
  await look(page, 'company-profile');
  await walkByKeyboard(page, 'company-profile');

  // Nothing else is there for them, by page or by API.
  for (const path of ['/company', '/company/people', `/company/people/${adminId}`, '/company/people/invite', '/company/requests',
    '/company/systems', '/company/history', '/company/history/export', '/backoffice', `/backoffice/people/${adminId}`, '/backoffice/trail']) {
    expect((await context.request.get(new URL(path, page.url()).href)).status(), path).toBe(404);
  }
  const self = await callerOf(context);
  expect((await self.call('GET', `/users/${id}/extended`)).body).toMatchObject({ user_id: id, email: person.email, masked: false });
  for (const [method, path] of [
    ['GET', `/users/${adminId}/extended`], ['GET', `/users/${adminId}/access`], ['GET', `/companies/${company.key}/people`],
    ['GET', `/companies/${company.key}/billing`], ['GET', `/companies/${company.key}/audit`], ['GET', '/backoffice/audit'],
    ['DELETE', `/companies/${company.key}/people/${adminId}`], ['POST', `/backoffice/users/${adminId}/block`],
  ] as const) {
    const { status } = await self.call(method, path, method === 'POST' ? { reason: 'none at all' } : undefined, { 'idempotency-key': `day-${id}-${path}` });
    expect([403, 404], `${method} ${path}: ${status}`).toContain(status);
  }

  // They leave; their account stays.
  await page.locator('form[action="/company/leave"] button').click();
  await own.becomes({ status: 'active', company: null });
  await company.becomes({ members: 1 });
  await openPortal(page, '/account');
  await expect(page.locator('.sections a')).toHaveText(['My account', ...ofCloud('Cloud')]);
});
