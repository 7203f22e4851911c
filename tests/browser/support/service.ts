import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { stack } from './stack';

/** The inode of the socket that listens on a TCP port of this machine (Linux' /proc/net/tcp, both families). */
function listeningSocket(port: number): string {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const LISTEN = '0A';
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const [, address, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (address?.endsWith(local) && state === LISTEN && inode) return inode;
    }
  }
  throw new Error(`Nobody listens on port ${port}`);
}

function processWith(inode: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
      if (open.includes(`socket:[${inode}]`)) return Number(pid);
    } catch {
      // the process ended, or is not ours to look at
    }
  }
  throw new Error(`No process holds socket ${inode}`);
}

/** Runs `act` while the service hangs: it takes connections and answers nothing. */
export async function whileServiceHangs<T>(act: () => Promise<T>): Promise<T> {
  const pid = processWith(listeningSocket(Number(new URL(stack().gatehouse_url).port)));
  process.kill(pid, 'SIGSTOP');
  try {
    return await act();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}
