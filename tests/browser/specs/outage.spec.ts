import {
  chooseFactor,
  codeField,
  enterCode,
  giveDestination,
  givePassword,
  openAccount,
  problem,
  proveEmail,
  register,
} from '../support/acts';
import { expectOpen, expectShut } from '../support/doors';
import { codeIn, setFault } from '../support/inbox';
import { atTheCode, member } from '../support/members';
import { newPerson } from '../support/person';
import { whileServiceHangs } from '../support/service';
import { expect, test } from '../support/test';
import { say, type Language } from '../support/words';

test.afterEach(async () => {
  await setFault('sms', 'ok');
  await setFault('email', 'ok');
});

for (const language of ['en', 'id'] as Language[]) {
  test(`while the service hangs, a login in ${language} says so, stays shut, and goes on afterwards`, async ({ visitor }) => {
    const person = await member(visitor, language, 'sms');
    const { page, context } = await visitor(language);
    await openAccount(page);
    await whileServiceHangs(async () => {
      await givePassword(page, person);
      await expect(page.getByRole('alert')).toContainText(say(language, 'gatehouse.unavailable'));
      await expectShut(context);
      await page.locator('[name="action"][value="retry"]').click();
      await expect(page.getByRole('alert')).toContainText(say(language, 'gatehouse.unavailable'));
      await expectShut(context);
    });
    await page.locator('[name="action"][value="retry"]').click();
    await expect(codeField(page)).toBeVisible();
    await enterCode(page, codeIn(await person.telephone.next()));
    await expectOpen(context);
    expect(await person.telephone.unread(), 'messages beside the one code').toBe(0);
  });
}

test('while the service hangs, the right code lets nobody in, and is still good afterwards', async ({ visitor }) => {
  const person = await member(visitor, 'id', 'email');
  const { page, context } = await atTheCode(visitor, person);
  const code = codeIn(await person.mailbox.next());
  await whileServiceHangs(async () => {
    await enterCode(page, code);
    await expect(page.getByText(say('id', 'gatehouse.unavailable'))).toBeVisible();
    await expectShut(context);
  });
  const retry = page.locator('[name="action"][value="retry"]');
  if (await retry.isVisible()) await retry.click();
  await enterCode(page, code);
  await expectOpen(context);
});

test('a text message that cannot be sent is told at enrolment, and another way is open', async ({ visitor }) => {
  const { page, context } = await visitor('id');
  const person = newPerson('id');
  await openAccount(page);
  await register(page, person);
  await proveEmail(page, person);
  await setFault('sms', 'refuse');
  await chooseFactor(page, 'sms');
  await giveDestination(page, person.phone);
  await expect(problem(page).or(page.getByRole('alert'))).toContainText(say('id', 'gatehouse.otp.delivery-unavailable'));
  await expectShut(context);
  expect(await person.telephone.unread()).toBe(0);
});
