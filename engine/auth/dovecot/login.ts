/**
 * One attempt to log in: a name is taken as auth_username_format wants it, the password databases are asked in turn, and
 * what they say of the account is remembered. A mechanism sees only the users; this is what stands behind.
 *
 * Dovecot 2.3, "Password databases", "Master users".
 */
import { expandVariables, userVariables, type DovecotVariables } from '#config/dovecot-variables.ts'
import type { Checked, SaslUsers, Secret } from '#protocol/sasl/world.ts'
import { checkStored, secretIn } from '../schemes.ts'
import { networkAllowed, withDefaults, type Fields } from './fields.ts'
import { variablesOf, type PassdbRow } from './passdb.ts'
import type { AuthLog, DovecotAuthConfig, PassdbEntry } from './config.ts'

export type LoginClient = {
  readonly service: string
  readonly mechanism: string
  readonly client: string
  readonly local: string
  /** As in the log, between `<` and `>`; '' for who has none. */
  readonly session: string
}

type Verdict = 'ok' | 'mismatch' | 'unknown' | 'unavailable'
type Asked =
  | { readonly what: 'password'; readonly password: string }
  | { readonly what: 'secret' }
  | { readonly what: 'existence' }

export class Login implements SaslUsers {
  readonly #config: DovecotAuthConfig
  readonly #client: LoginClient
  readonly #log: AuthLog
  /** Who is asked for; '?' in the log until there is a name. */
  #user = ''
  /** As PLAIN asked for it. */
  #authorization: string | null = null
  #actFor: string | null = null
  #master: string | null = null
  #fields: Fields = new Map()
  #secret: Secret = { kind: 'absent' }
  #checked: 'ok' | 'no' = 'no'
  #refused = false
  #denied = false

  constructor(config: DovecotAuthConfig, client: LoginClient, log: AuthLog) {
    this.#config = config
    this.#client = client
    this.#log = log
  }

  /** Under which name the session goes on. */
  get user(): string {
    return this.#user
  }

  /** Who logged in for another; null for oneself. */
  get master(): string | null {
    return this.#master
  }

  /** A master user was right, but for whom there is no user. */
  get refused(): boolean {
    return this.#refused
  }

  /** Something to check a proof with was found; when it fails it is the proof that is wrong. */
  get hasSecret(): boolean {
    return this.#secret.kind !== 'absent'
  }

  /** A database of those who must not log in has the name. */
  get denied(): boolean {
    return this.#denied
  }

  get fields(): Fields {
    return this.#fields
  }

  known(): string {
    return this.#user
  }

  /** PLAIN with an authorization identity. */
  actFor(name: string): void {
    this.#authorization = name
  }

  takes(username: string): boolean {
    return this.#take(username)
  }

  async verify(username: string, password: string): Promise<Checked> {
    if (!this.#take(username)) return 'wrong'
    return this.#ask({ what: 'password', password })
  }

  async secret(username: string): Promise<Secret> {
    if (!this.#take(username)) return { kind: 'absent' }
    const checked = await this.#ask({ what: 'secret' })
    if (checked === 'unavailable') return { kind: 'unavailable' }
    return checked === 'ok' ? this.#secret : { kind: 'absent' }
  }

  /** What userdb static wants to know; null: there is such a user. */
  async exists(username: string): Promise<string | null> {
    if (!this.#take(username)) return 'unknown user'
    return (await this.#ask({ what: 'existence' })) === 'ok' ? null : 'unknown user'
  }

  /** A line about a login, as auth_verbose wants it. */
  say(text: string, by: string = this.#client.mechanism.toLowerCase()): void {
    if (this.#config.verbose) this.#log('info', `${this.#prefix(by)}: ${text}`)
  }

  /** What an administrator must hear of. */
  fault(text: string, by: string): void {
    this.#log('error', `${this.#prefix(by)}: ${text}`)
  }

  #prefix(by: string): string {
    const { client, session } = this.#client
    const role = this.#asMaster ? ['master'] : []
    const id = session === '' ? [] : [`<${session}>`]
    return `${by}(${[this.#user || '?', client, ...role, ...id].join(',')})`
  }

  get #asMaster(): boolean {
    return this.#actFor !== null && this.#master === null
  }

  /** The name as it is looked up; false: it cannot be one. */
  #take(typed: string): boolean {
    const { masterSeparator } = this.#config
    let name = typed
    this.#actFor = this.#authorization
    if (masterSeparator !== '') {
      const at = name.indexOf(masterSeparator)
      if (at >= 0) {
        this.#actFor = name.slice(0, at)
        name = name.slice(at + 1)
      }
    }
    const user = this.#formatted(name)
    if (user === null) return false
    this.#user = user
    if (this.#actFor === null) return true
    const wanted = this.#formatted(this.#actFor)
    if (wanted === null) return false
    if (wanted === user) {
      this.#actFor = null
      return true
    }
    if (this.#config.masters.length === 0) {
      this.#actFor = null
      this.say('login user: Master user login attempted without master passdbs')
      return false
    }
    this.#actFor = wanted
    return true
  }

  #formatted(typed: string): string | null {
    const { usernameFormat, usernameChars, translation, realm } = this.#config
    let name = typed === '' || typed.includes('@') || realm === '' ? typed : `${typed}@${realm}`
    for (const byte of Buffer.from(name)) {
      const character = String.fromCharCode(byte)
      if (usernameChars === '' || usernameChars.includes(character)) continue
      const code = byte.toString(16).padStart(2, '0')
      this.say(`Username character disallowed by auth_username_chars: 0x${code} (username: ${name})`)
      return null
    }
    name = Array.from(name, (character) => translation.get(character) ?? character).join('')
    if (usernameFormat !== '') name = expandVariables(usernameFormat, userVariables(name))
    if (name !== '') return name
    this.say('Empty username')
    return null
  }

  async #ask(asked: Asked): Promise<Checked> {
    const { masters, passdbs } = this.#config
    if (!this.#asMaster) return this.#chain(passdbs, asked)
    const [entry] = masters
    const checked = await this.#chain(masters, asked)
    if (checked !== 'ok') return checked
    this.#master = this.#user
    this.#user = this.#actFor ?? this.#user
    if (this.#config.verbose) this.#log('info', `Master user logging in as ${this.#user}`)
    if (!(entry?.pass === 'yes' || entry?.on.success.startsWith('continue'))) return 'ok'
    this.#checked = 'ok'
    if ((await this.#chain(passdbs, asked)) === 'ok') return 'ok'
    this.#refused = true
    return 'wrong'
  }

  async #chain(entries: readonly PassdbEntry[], asked: Asked): Promise<Checked> {
    let success = false
    let troubled = false
    for (const entry of entries) {
      if (!this.#concerned(entry, success ? 'proven' : 'open')) continue
      const before = this.#fields
      const verdict = await this.#one(entry, asked, entry === entries.at(-1) ? 'last' : 'before others')
      if (verdict === 'failed') return 'wrong'
      if (entry.deny && verdict !== 'unknown') {
        if (this.#config.verbose) this.#log('info', 'User found from deny passdb')
        this.#denied = true
        return 'wrong'
      }
      if (entry.deny) continue
      const rule =
        verdict === 'ok'
          ? entry.on.success
          : verdict === 'unavailable'
            ? entry.on.internalFailure
            : entry.on.failure
      if (verdict === 'unavailable') troubled = true
      switch (rule) {
        case 'return-ok':
          return 'ok'
        case 'return-fail':
          return 'wrong'
        case 'return':
          return verdict === 'ok' ? 'ok' : verdict === 'unavailable' ? 'unavailable' : 'wrong'
        case 'continue-ok':
          success = true
          break
        case 'continue-fail':
          success = false
          break
        default:
          break
      }
      if (verdict === 'ok' && rule !== 'continue-fail') this.#checked = 'ok'
      if (verdict !== 'ok') this.#fields = before
      else if (rule === 'continue') success ||= entries.at(-1) === entry
    }
    if (success) return 'ok'
    return troubled ? 'unavailable' : 'wrong'
  }

  #concerned(entry: PassdbEntry, state: 'proven' | 'open'): boolean {
    if (entry.skip === 'authenticated' && state === 'proven') return false
    if (entry.skip === 'unauthenticated' && state === 'open') return false
    const { mechanism } = this.#client
    if (entry.mechanisms !== null && !entry.mechanisms.includes(mechanism.toLowerCase())) return false
    return entry.usernames(this.#user)
  }

  async #one(entry: PassdbEntry, asked: Asked, place: 'last' | 'before others'): Promise<Verdict | 'failed'> {
    const { passdb } = entry
    const values = this.#values()
    const row = await passdb.lookup(this.#user, values)
    if (passdb.verify && asked.what === 'password') return this.#verified(entry, asked.password)
    if (row.kind === 'unavailable') return 'unavailable'
    if (row.kind === 'unknown') {
      if (row.why === 'unknown user') this.say(row.why, passdb.driver)
      else if (this.#config.verbose) this.#log('info', row.why)
      return 'unknown'
    }
    if (entry.deny) return 'mismatch'
    const by = passdb.driver
    const fields = withDefaults(row.fields, entry.defaults(values), entry.overrides(values))
    const allowed = this.#admit(fields, row.stored, by)
    const verdict = this.#compare(row, fields, asked, by)
    if (!allowed) return 'failed'
    if (fields.has('noauthenticate') && place === 'last') {
      this.fault('Last passdb had noauthenticate field, cannot authenticate user', by)
      return 'unavailable'
    }
    if (verdict === 'ok' && fields.has('fail')) return 'failed'
    if (verdict === 'ok') this.#remember(fields)
    return verdict
  }

  async #verified({ passdb, defaults, overrides }: PassdbEntry, password: string): Promise<Verdict> {
    if (this.#checked === 'ok') return 'ok'
    const checked = await passdb.verify?.(this.#user, password)
    if (checked === 'ok')
      this.#remember(withDefaults(new Map(), defaults(this.#values()), overrides(this.#values())))
    if (checked === 'wrong')
      this.say('pam_authenticate() failed: Authentication failure (Password mismatch?)', passdb.driver)
    return checked === 'ok' ? 'ok' : checked === 'unavailable' ? 'unavailable' : 'mismatch'
  }

  /** allow_nets, and what is said of nopassword. */
  #admit(fields: Fields, stored: string | null, by: string): boolean {
    const networks = fields.get('allow_nets')
    const { client } = this.#client
    const real = fields.get('allow_real_nets')
    const check = (name: string, list: string | undefined): boolean => {
      if (list === undefined || networkAllowed(list, client)) return true
      this.say(`${name} check failed: IP ${client} not in allowed networks`, by)
      return false
    }
    const allowed = check('allow_nets', networks) && check('allow_real_nets', real)
    if (fields.has('nopassword') && stored !== null && stored !== '')
      this.fault('nopassword set but password is non-empty', by)
    return allowed
  }

  #compare(
    { stored, scheme }: Extract<PassdbRow, { kind: 'found' }>,
    fields: Fields,
    asked: Asked,
    by: string,
  ): Verdict {
    if (asked.what === 'existence' || this.#checked === 'ok') return 'ok'
    if ((stored === null || stored === '') && fields.has('nopassword')) return 'ok'
    if (stored === null) {
      this.say('No password returned (and no nopassword)', by)
      return 'mismatch'
    }
    if (asked.what === 'secret') {
      const found = secretIn(stored, scheme, this.#client.mechanism)
      if (typeof found !== 'string') {
        this.#secret = found
        return 'ok'
      }
      this.say(`Requested ${wantedScheme(this.#client.mechanism)} scheme, but we have only ${found}`, by)
      return 'mismatch'
    }
    const checked = checkStored(asked.password, stored, scheme, this.#user)
    if (checked.kind === 'wrong') this.say('Password mismatch', by)
    else if (checked.kind === 'bad') this.fault(checked.why, by)
    return checked.kind === 'ok' ? 'ok' : 'mismatch'
  }

  #remember(fields: Fields): void {
    this.#fields = new Map([...this.#fields, ...fields])
    const renamed = fields.get('user')
    const login = fields.get('login_user')
    if (renamed !== undefined && renamed !== '') this.#user = renamed.toLowerCase()
    if (login === undefined || login === '') return
    this.#master = this.#user
    this.#user = login
    if (this.#config.verbose) this.#log('info', `Master user logging in as ${login}`)
  }

  #values(): DovecotVariables {
    const { service, client, local, mechanism, session } = this.#client
    return variablesOf(this.#user, { s: service, r: client, l: local, m: mechanism, session })
  }
}

const wantedScheme = (mechanism: string): string => (mechanism === 'APOP' ? 'PLAIN' : mechanism)
