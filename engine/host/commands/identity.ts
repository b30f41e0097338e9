/** Who and where one is, and when: id, whoami, hostname, pwd, date; and true and false, which say nothing. */
import type { HostCommand } from '#host/command.ts'
import { printed } from '#host/words.ts'

const saying = (name: string, text: (input: Parameters<HostCommand['run']>[0]) => string): HostCommand => ({
  name,
  run: async (input) => printed(text(input)),
})

/** id(1). */
export const id: HostCommand = {
  name: 'id',
  async run({ box, user, words }) {
    const name = words.slice(1).find((word) => !word.startsWith('-')) ?? user
    const person = name === 'root' ? { uid: 0, gid: 0 } : await box.machine.user(name)
    if (!person) return printed('', `id: ‘${name}’: no such user\n`)
    if (words.includes('-u')) return printed(`${person.uid}\n`)
    if (words.includes('-un')) return printed(`${name}\n`)
    const group = `${person.gid}(${name})`
    return printed(`uid=${person.uid}(${name}) gid=${group} groups=${group}\n`)
  },
}

export const whoami = saying('whoami', ({ user }) => `${user}\n`)
export const pwd = saying('pwd', ({ directory }) => `${directory}\n`)

/** -f the full name, -s up to the first dot, -d after it, -I the addresses. hostname(1). */
export const hostname = saying('hostname', ({ box, words }) => {
  const { name, addresses } = box.machine
  if (words.includes('-s')) return `${name.split('.')[0] ?? name}\n`
  if (words.includes('-d')) return `${name.split('.').slice(1).join('.')}\n`
  if (words.includes('-i') || words.includes('-I')) return `${addresses.join(' ')}\n`
  return `${name}\n`
})

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The lab's time, in UTC. date(1). */
export const date = saying('date', ({ box, words }) => {
  const now = new Date(box.machine.clock.now())
  const two = (value: number) => String(value).padStart(2, '0')
  const day = days[now.getUTCDay()] ?? ''
  const month = months[now.getUTCMonth()] ?? ''
  const time = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}`
  if (words.includes('-R')) {
    return `${day}, ${two(now.getUTCDate())} ${month} ${now.getUTCFullYear()} ${time} +0000\n`
  }
  if (words.includes('+%s')) return `${Math.floor(now.getTime() / 1000)}\n`
  return `${day} ${month} ${String(now.getUTCDate()).padStart(2)} ${time} UTC ${now.getUTCFullYear()}\n`
})

export const succeed: HostCommand = saying('true', () => '')
export const fail: HostCommand = { name: 'false', run: async () => ({ stdout: '', stderr: '', exit: 1 }) }
