import { chooseWay, codeField, enterCode, enterCodeFrom, problem, resend, title, tryAnotherWay } from '../support/acts';
import { allowResend, expireCodes } from '../support/challenges';
import { expectOpen, expectShut } from '../support/doors';
import { codeIn, wrongCode } from '../support/inbox';
import { addFactor, atTheCode, member } from '../support/members';
import { expect, test } from '../support/test';
import { say } from '../support/words';

test('ten wrong codes lock the factor, whatever is resent between; the other factor still opens', async ({ visitor }) => {
  const person = await member(visitor, 'id', 'sms');
  await addFactor(visitor, person, 'sms', 'email');
  const { page, context } = await atTheCode(visitor, person);
  await expect(title(page)).toHaveText(say('id', 'gatehouse.code.sms.title'));

  for (let round = 0; round < 2; round++) {
    const code = codeIn(await person.telephone.next());
    for (let guess = 0; guess < 5; guess++) {
      await enterCode(page, wrongCode(code));
      await expect(problem(page)).toBeVisible();
    }
    await expectShut(context);
    if (round === 0) {
      await expireCodes(person);
      await allowResend(person);
      await resend(page);
      await expect(codeField(page)).toBeVisible();
    }
  }
  await expect(problem(page)).toContainText(say('id', 'gatehouse.otp.locked'));
  await expectShut(context);

  // a new login changes nothing: the count belongs to the person and the channel
  const again = await atTheCode(visitor, person).catch(() => undefined);
  expect(await person.telephone.unread(), 'codes sent by a locked factor').toBe(0);
  await expectShut((again ?? { context }).context);

  await tryAnotherWay(page);
  await chooseWay(page, say('id', 'gh-email-display-name'));
  await enterCodeFrom(page, person, 'email');
  await expectOpen(context);
});
