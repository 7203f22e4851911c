import { readFileSync } from 'node:fs';
import { findUser } from '../support/admin';
import { apiOf } from '../support/api';
import { look } from '../support/look';
import { picture } from '../support/picture';
import { done, openPortal, submit } from '../support/portal';
import { ofCloud } from '../support/stack';
import { enters, madeByHand, staffMember } from '../support/staff';
import { expect, test } from '../support/test';

test.describe.configure({ timeout: 240_000 });

test("an auditor's day: finds what was done, takes it along as JSON lines, and changes nothing", async ({ visitor, topics }) => {
  const person = await madeByHand({ firstName: 'Intan', lastName: 'Permata' });
  const id = (await findUser(person.email))!.id;
  const record = topics.follow('gatehouse.users.v1', id);
  const { company_id } = (await record.becomes({ company: { role: 'admin' } }))['company'] as { company_id: string };
  const { page: own } = await enters(visitor, person, '/account');
  await own.locator('#first_name').fill('Intan Ayu');
  await submit(own);
  await expect(done(own)).toBeVisible();
  await record.becomes({ name: { first: 'Intan Ayu' }, second_factors: ['email'] });

  const { page, context } = await staffMember(visitor, 'auditor');
  await expect(page.locator('.pages a')).toHaveText(['Search', 'Approvals', 'Waiting work', 'Text messages', 'Audit trail', ...ofCloud('Cloud requests')]);

  // The trail: one person's, by what was done.
  await openPortal(page, '/backoffice/trail');
  await page.locator('#subject_id').fill(id);
  await page.locator('#action').fill('person.profile_changed');
  await page.locator('form.filter button').click();
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await expect(page.locator('tbody tr')).toContainText(id);
  await expect(page.locator('main'), 'masked').not.toContainText('Intan');
  await look(page, 'backoffice-trail');
  await picture(page, 'pages/trail');
  await page.locator('#action').fill('person.blocked');
  await page.locator('form.filter button').click();
  await expect(page.locator('main')).toContainText('Nothing here yet.');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download all' }).click()]);
  const exported = readFileSync(await file.path(), 'utf8');
  const lines = exported.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ action, subject_id }) => action === 'person.profile_changed' && subject_id === id)).toMatchObject([
    { actor_kind: 'person', actor_id: id, occurred_at: expect.any(String) },
  ]);
  expect(exported, 'the export is masked too').not.toContain(person.email);

  // People and companies are masked for good, and no page of theirs has a form that changes something.
  for (const path of [`/backoffice/people/${id}`, `/backoffice/companies/${company_id}`, '/backoffice/approvals', '/backoffice/work', '/backoffice/messages']) {
    await openPortal(page, path);
    await expect(page.locator('main form'), path).toHaveCount(0);
    await expect(page.locator('main'), path).not.toContainText(person.email);
  }

  // Nor do they get through without one.
  const token = await page.locator('[name="form_token"]').first().inputValue();
  const why = { form_token: token, reason: 'curiosity', note: 'curiosity', user_id: id };
  for (const path of [`people/${id}/unmask`, `people/${id}/block`, `people/${id}/notes`, `people/${id}/password`, `people/${id}/factors`,
    `companies/${company_id}/suspend`, `companies/${company_id}/owner`, 'work/retry', 'messages/lift', 'systems/new']) {
    const answer = await context.request.post(new URL(`/backoffice/${path}`, page.url()).href, { form: why, maxRedirects: 0 });
    expect(answer.status(), path).toBe(404);
  }
  const auditor = await apiOf(context);
  const theirs = { path: { user_id: id } };
  expect((await auditor.GET('/users/{user_id}/extended', { params: theirs })).data).toMatchObject({ masked: true });
  const body = { reason: 'curiosity' };
  for (const [what, { response }] of Object.entries({
    unmask: await auditor.POST('/backoffice/users/{user_id}/unmask', { params: theirs, body }),
    block: await auditor.POST('/backoffice/users/{user_id}/block', { params: theirs, body }),
    suspend: await auditor.POST('/backoffice/companies/{company_id}/suspend', { params: { path: { company_id } }, body }),
  })) expect(response.status, what).toBe(403);
  expect(await findUser(person.email)).toMatchObject({ enabled: true });
  await openPortal(own, '/account');
  await expect(own.locator('.who bdi'), 'nobody was signed out').toHaveText('Intan Ayu Permata');
});
