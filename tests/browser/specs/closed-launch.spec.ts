import { fillRegistration, openAccount, openRegistration, problem, proveEmail, submitRegistration, title } from '../support/acts';
import { admin, findUser } from '../support/admin';
import { expectShut } from '../support/doors';
import { invitationIn, noticesTo, signUpIn } from '../support/inbox';
import { look, walkByKeyboard } from '../support/look';
import { newPerson } from '../support/person';
import { picture } from '../support/picture';
import { done, openPortal, submit } from '../support/portal';
import { whileServiceHangs } from '../support/service';
import { enters, madeByHand, staffMember } from '../support/staff';
import { expect, test } from '../support/test';
import { until } from '../support/until';
import { say } from '../support/words';

test.describe.configure({ timeout: 360_000 });

interface Execution {
  providerId?: string;
  requirement: string;
}

/** Sets the step of the registration form that asks who may sign up. */
async function setStep(requirement: 'REQUIRED' | 'DISABLED'): Promise<void> {
  const path = `authentication/flows/${encodeURIComponent('gatehouse registration')}/executions`;
  const steps = await admin<Execution[]>('GET', path);
  const step = steps.find((execution) => execution.providerId === 'gh-registration-admission');
  await admin('PUT', path, { ...step!, requirement });
}

test.beforeEach(async () => setStep('REQUIRED'));
test.afterEach(async () => setStep('DISABLED'));

test('while the launch is closed, who asks is noted, approved by staff, and signs up by the link of the letter', async ({ visitor }) => {
  const person = newPerson('en');
  const { page, context } = await visitor('en');
  await openAccount(page);
  await openRegistration(page);
  for (let time = 0; time < 2; time++) {
    await fillRegistration(page, person);
    await submitRegistration(page);
    await expect(problem(page)).toContainText(say('en', 'gatehouse.admission.noted'));
  }
  await look(page, 'closed-launch');
  await expectShut(context);
  expect(await findUser(person.email), 'no account was made').toBeUndefined();
  expect(await person.mailbox.unread(), 'mails before anybody decided').toBe(0);

  const staff = (await staffMember(visitor, 'customer-service')).page;
  await openPortal(staff, '/backoffice/sign-ups');
  const row = staff.locator('.rows li', { hasText: person.email });
  await expect(row, 'once, however often it was asked').toHaveCount(1);
  await picture(staff, 'pages/sign-ups');
  await look(staff, 'backoffice-sign-ups');
  await walkByKeyboard(staff, 'backoffice-sign-ups');
  await row.locator('a').click();
  await expect(staff.getByText(person.company)).toBeVisible();
  await submit(staff);
  await expect(staff.locator('#reason-problem')).toBeVisible();
  await look(staff, 'backoffice-sign-up');
  await walkByKeyboard(staff, 'backoffice-sign-up');
  await staff.locator('#reason').fill('known to sales');
  await submit(staff);
  await expect(done(staff)).toBeVisible();

  // A domain is let in without asking, until it is taken off again.
  await openPortal(staff, '/backoffice/sign-ups/allowed');
  await staff.locator('#value').fill('not a domain');
  await staff.locator('#reason').fill('pilot customers');
  await submit(staff);
  await expect(staff.locator('#value-problem')).toBeVisible();
  const domain = `${person.email.split('@')[0]}.example`;
  await staff.locator('#value').fill(domain);
  await submit(staff);
  await expect(done(staff)).toBeVisible();
  const entry = staff.locator('#allowed > li', { hasText: domain });
  await expect(entry).toContainText('pilot customers');
  await picture(staff, 'pages/allowed');
  await look(staff, 'backoffice-allowed');
  await walkByKeyboard(staff, 'backoffice-allowed');
  await entry.locator('[name="reason"]').fill('the pilot is over');
  await entry.locator('button').click();
  await expect(done(staff)).toBeVisible();
  await expect(entry).toHaveCount(0);

  const letter = await until('the letter', async () => (await noticesTo(person.email))[0]);
  await page.goto(signUpIn(letter));
  await expect(page.locator('#kc-register-form'), 'the link leads to the form itself').toBeVisible();
  await fillRegistration(page, person);
  await submitRegistration(page);
  await proveEmail(page, person);
  await expect(title(page)).toHaveText(say('en', 'gatehouse.choose.title'));
  expect(await findUser(person.email)).toMatchObject({ username: person.email, emailVerified: true });
});

test('whom a company invites signs up while the launch is closed, without asking anybody', async ({ visitor }) => {
  const admin = await madeByHand();
  const { page } = await enters(visitor, admin, '/company/people/invite');
  const invited = newPerson('en', { company: admin.company });
  await page.locator('#email').fill(invited.email);
  await submit(page);
  await expect(done(page)).toHaveText('The invitation is on its way.');
  const theirs = (await visitor('en')).page;
  await theirs.goto(invitationIn(await invited.mailbox.next()));
  await fillRegistration(theirs, invited);
  await submitRegistration(theirs);
  await proveEmail(theirs, invited);
  await expect(title(theirs)).toHaveText(say('en', 'gatehouse.choose.title'));
  expect(await findUser(invited.email)).toMatchObject({ username: invited.email, emailVerified: true });
});

test('who has an account is told the same as a stranger, and nothing else of the form', async ({ visitor }) => {
  const known = await madeByHand();
  const { page } = await visitor('id');
  await openAccount(page);
  await openRegistration(page);
  await fillRegistration(page, { ...known, language: 'id' });
  await page.locator('[name="password-confirm"]').fill('another');
  await submitRegistration(page);
  await expect(problem(page)).toHaveText(say('id', 'gatehouse.admission.noted'));
  await expect(page.locator('[aria-invalid="true"]')).toHaveCount(0);
});

test('while the service hangs nobody signs up, and the page says so', async ({ visitor }) => {
  const person = newPerson('en');
  const { page, context } = await visitor('en');
  await openAccount(page);
  await openRegistration(page);
  await fillRegistration(page, person);
  await whileServiceHangs(async () => {
    await submitRegistration(page);
    await expect(problem(page)).toContainText(say('en', 'gatehouse.admission.unavailable'));
  });
  await expectShut(context);
  expect(await findUser(person.email)).toBeUndefined();
});
