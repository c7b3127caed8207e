// The server as a device and as a check see it: events go in over HTTP, figures come out of the API and the command line.
import { spawnSync } from 'node:child_process';

export class Bank {
  #cookie = '';
  #csrf = '';

  constructor(settings) {
    this.settings = settings;
  }

  async #call(method, path, body) {
    const answer = await fetch(this.settings.base + path, {
      method,
      headers: {
        ...(this.#cookie && { Cookie: this.#cookie }),
        ...(body !== undefined && { 'Content-Type': 'application/json', 'Lupaus-Csrf': this.#csrf, Origin: this.settings.base }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const cookies = answer.headers.getSetCookie?.() ?? [];
    if (cookies.length > 0) this.#cookie = cookies.map((one) => one.split(';')[0]).join('; ');
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
    return JSON.parse(said);
  }

  /** Tells its name, as a device does. */
  async begin(name) {
    this.#csrf = (await this.#call('GET', '/session')).csrf;
    this.#csrf = (await this.#call('POST', '/session', { name })).csrf;
  }

  get(path) {
    return this.#call('GET', path);
  }

  /** One event that happens now. */
  tell(event) {
    return this.#call('POST', '/v1/events', { events: [{ occurredAt: new Date().toISOString(), ...event }], requestId: crypto.randomUUID() });
  }

  /** Lines of `lupaus -o ndjson …`. */
  lines(...words) {
    const { grpc, lupaus } = this.settings;
    const done = spawnSync(lupaus, ['--server', grpc, '-o', 'ndjson', ...words], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`lupaus ${words.join(' ')}: ${done.stderr}`);
    return done.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  /** The standard output of a line for the shell, with our program and server in place of `lupaus`. */
  shell(line) {
    const { grpc, lupaus } = this.settings;
    const done = spawnSync('sh', ['-c', line.replace(/^lupaus/, `"$LUPAUS" --server ${grpc} -o ndjson`)], { encoding: 'utf8', env: { ...process.env, LUPAUS: lupaus } });
    if (done.status !== 0) throw new Error(`${line}: ${done.stderr}`);
    return done.stdout;
  }
}
