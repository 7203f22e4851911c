import {
  chooseWay,
  enterCodeFrom,
  givePassword,
  openLoginOf,
  openRegistration,
  problem,
  resend,
  signUp,
  submitRegistration,
  title,
  tryAnotherWay,
} from '../support/acts';
import { allowResend } from '../support/challenges';
import { expectOpen, expectShut } from '../support/doors';
import { addFactor } from '../support/members';
import { newPerson, type Channel } from '../support/person';
import { expect, test } from '../support/test';
import { say } from '../support/words';

for (const channel of ['sms', 'email'] as Channel[]) {
  test(`sign-up and login by ${channel} need no JavaScript`, async ({ visitor }) => {
    const person = newPerson('id');
    const first = await visitor('id', { javaScriptEnabled: false });
    await openLoginOf(first.page, 'gatehouse-portal');
    await openRegistration(first.page);
    await submitRegistration(first.page);
    await expect(problem(first.page)).toContainText(say('id', 'missingEmailMessage'));
    await openLoginOf(first.page, 'gatehouse-portal');
    await signUp(first.page, person, channel);
    await expectOpen(first.context);

    const second = await visitor('id', { javaScriptEnabled: false });
    await openLoginOf(second.page, 'gatehouse-portal');
    await givePassword(second.page, person);
    await expect(title(second.page)).toHaveText(say('id', `gatehouse.code.${channel}.title`));
    await expectShut(second.context);
    await allowResend(person);
    await resend(second.page);
    await expect(second.page.getByText(say('id', 'gatehouse.otp.resent'))).toBeVisible();
    await enterCodeFrom(second.page, person, channel);
    await expectOpen(second.context);
  });
}

test('another way can be chosen without JavaScript', async ({ visitor }) => {
  const person = newPerson('en');
  const first = await visitor('en', { javaScriptEnabled: false });
  await openLoginOf(first.page, 'gatehouse-portal');
  await signUp(first.page, person, 'sms');
  await expectOpen(first.context);
  await addFactor(visitor, person, 'sms', 'email');

  const { page, context } = await visitor('en', { javaScriptEnabled: false });
  await openLoginOf(page, 'gatehouse-portal');
  await givePassword(page, person);
  await tryAnotherWay(page);
  await chooseWay(page, say('en', 'gh-email-display-name'));
  await enterCodeFrom(page, person, 'email');
  await expectOpen(context);
});
