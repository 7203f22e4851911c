import { defineConfig } from '@playwright/test';
import { artifacts } from './support/stack';

/** Chromium as a session without a display starts it; nothing in it may call home. */
const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const outages = /outage\.spec\.ts/;
const settings = /trusted-browser\.spec\.ts/;
const launch = /closed-launch\.spec\.ts/;

export default defineConfig({
  testDir: './specs',
  outputDir: artifacts('browser'),
  reporter: [['list']],
  forbidOnly: true,
  retries: 0,
  // Each walk signs up its own person, so files may run side by side.
  workers: 2,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env.GATEHOUSE_TEST_CHROMIUM ?? '/usr/bin/chromium',
      args: chromiumArgs,
    },
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'walks', testIgnore: [outages, settings, launch] },
    // What stops a part of the stack or changes the realm disturbs everybody, so it comes last and alone.
    { name: 'outages', testMatch: outages, dependencies: ['walks'] },
    { name: 'settings', testMatch: settings, dependencies: ['outages'] },
    { name: 'launch', testMatch: launch, dependencies: ['settings'] },
  ],
});
