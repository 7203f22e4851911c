import { stack } from './stack';

/** Keystone as its administrator sees it. */
export class Keystone {
  private constructor(private readonly url: string, private readonly token: string) {}

  static async open(): Promise<Keystone> {
    const login = stack().keystone;
    if (!login) throw new Error('The stack has no Keystone. Start it with "cargo xtask up --openstack".');
    const domain = { id: 'default' };
    const auth = {
      identity: { methods: ['password'], password: { user: { name: login.username, domain, password: login.password } } },
      scope: { project: { name: login.project, domain } },
    };
    const answer = await fetch(`${login.auth_url}/auth/tokens`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth }),
    });
    return new Keystone(login.auth_url, answer.headers.get('x-subject-token')!);
  }

  /** A list: `list('projects', { name: 'Kerja' })`. */
  async list(kind: string, filter: Record<string, string> = {}): Promise<Record<string, unknown>[]> {
    const answer = await this.call('GET', `${kind}?${new URLSearchParams(filter)}`);
    return ((await answer.json()) as Record<string, Record<string, unknown>[]>)[kind]!;
  }

  /** The limit of processor cores is registered here, as whoever installs Nova does; 10 for every project. */
  async registerCores(): Promise<void> {
    const held = (await this.list('services', { type: 'compute' }))[0];
    const service = held ?? ((await (await this.call('POST', 'services', { service: { type: 'compute', name: 'nova' } })).json()) as Record<string, Record<string, unknown>>)['service']!;
    if ((await this.list('registered_limits', { service_id: service['id'] as string })).length > 0) return;
    const limit = { service_id: service['id'], region_id: 'RegionOne', resource_name: 'class:VCPU', default_limit: 10 };
    const answer = await this.call('POST', 'registered_limits', { registered_limits: [limit] });
    if (!answer.ok) throw new Error(`Keystone answered ${answer.status}`);
  }

  private call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.url}/${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-auth-token': this.token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
