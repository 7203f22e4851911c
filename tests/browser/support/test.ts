import { test as base, type BrowserContext, type Page } from '@playwright/test';
import { Topics } from './topics';
import type { Language } from './words';

/** A browser of its own, as another person or another device would use. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
}

/** Opens another browser whose person reads `language`. */
export type Visit = (language: Language, options?: { javaScriptEnabled?: boolean }) => Promise<Visitor>;

interface Fixtures {
  visitor: Visit;
}

interface WorkerFixtures {
  /** The records of people and companies, as billing reads them. */
  topics: Topics;
}

const locales = { en: 'en-GB', id: 'id-ID' };

export const test = base.extend<Fixtures, WorkerFixtures>({
  visitor: async ({ browser }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (language, options = {}) => {
      const context = await browser.newContext({ locale: locales[language], ...options });
      opened.push(context);
      return { context, page: await context.newPage() };
    });
    await Promise.all(opened.map((context) => context.close()));
  },
  topics: [
    async ({}, use) => {
      const topics = await Topics.open('gatehouse.users.v1', 'gatehouse.companies.v1');
      await use(topics);
      await topics.close();
    },
    { scope: 'worker' },
  ],
});

export { expect } from '@playwright/test';
