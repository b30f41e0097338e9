/**
 * The restrictions that fit every list: permit, reject, defer, and what they promise for later.
 *
 * postconf(5), "Other restrictions that are valid in this context".
 */
import {
  dunno,
  misconfigured,
  permit as yes,
  postpone,
  refuse,
  refused,
  type Restriction,
} from './restriction.ts'

export const permit: Restriction = {
  name: 'permit',
  takes: 'nothing',
  explain: { en: 'Permits; the rest of this list is not asked.', zh: '放行；本列表余下各项不再询问。' },
  evaluate: async () => yes,
}

export const reject: Restriction = {
  name: 'reject',
  takes: 'nothing',
  explain: { en: 'Refuses whatever comes this far.', zh: '走到这里的一律拒绝。' },
  evaluate: async ({ settings }, { replyName, replyClass }) =>
    refuse(settings.number('reject_code'), '5.7.1', refused(replyName, replyClass, 'Access denied')),
}

export const defer: Restriction = {
  name: 'defer',
  takes: 'nothing',
  explain: { en: 'Asks whatever comes this far to try again later.', zh: '走到这里的一律请其稍后再试。' },
  evaluate: async ({ settings }, { replyName, replyClass }) =>
    refuse(settings.number('defer_code'), '4.3.2', refused(replyName, replyClass, 'Try again later')),
}

export const defer_if_permit: Restriction = {
  name: 'defer_if_permit',
  takes: 'nothing',
  explain: {
    en: 'Remembers: if nothing refuses this mail, it is deferred instead of permitted.',
    zh: '记下一笔：若最终没有被拒绝，则改为暂缓而不是放行。',
  },
  async evaluate(_facts, { replyName, replyClass }) {
    const text = refused(replyName, replyClass, 'defer_if_permit requested')
    return postpone('permit', { code: 450, status: '4.7.0', text })
  },
}

export const defer_if_reject: Restriction = {
  name: 'defer_if_reject',
  takes: 'nothing',
  explain: {
    en: 'Remembers: if a later item of this list refuses, it is only deferred.',
    zh: '记下一笔：若本列表后面的项要拒绝，则改为暂缓。',
  },
  async evaluate(_facts, { replyName, replyClass }) {
    const text = refused(replyName, replyClass, 'defer_if_reject requested')
    return postpone('reject', { code: 450, status: '4.7.0', text })
  },
}

export const sleep: Restriction = {
  name: 'sleep',
  takes: 'number',
  explain: { en: 'Waits so many seconds.', zh: '等待若干秒。' },
  async evaluate({ machine }, { argument }) {
    if (!/^\d{1,6}$/.test(argument)) return misconfigured('restriction sleep must be followed by number')
    await machine.clock.sleep(Number(argument) * 1000)
    return dunno
  },
}
