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
  evaluate: async () => yes,
}

export const reject: Restriction = {
  name: 'reject',
  takes: 'nothing',
  evaluate: async ({ settings }, { replyName, replyClass }) =>
    refuse(settings.number('reject_code'), '5.7.1', refused(replyName, replyClass, 'Access denied')),
}

export const defer: Restriction = {
  name: 'defer',
  takes: 'nothing',
  evaluate: async ({ settings }, { replyName, replyClass }) =>
    refuse(settings.number('defer_code'), '4.3.2', refused(replyName, replyClass, 'Try again later')),
}

export const defer_if_permit: Restriction = {
  name: 'defer_if_permit',
  takes: 'nothing',
  async evaluate(_facts, { replyName, replyClass }) {
    const text = refused(replyName, replyClass, 'defer_if_permit requested')
    return postpone('permit', { code: 450, status: '4.7.0', text })
  },
}

export const defer_if_reject: Restriction = {
  name: 'defer_if_reject',
  takes: 'nothing',
  async evaluate(_facts, { replyName, replyClass }) {
    const text = refused(replyName, replyClass, 'defer_if_reject requested')
    return postpone('reject', { code: 450, status: '4.7.0', text })
  },
}

export const sleep: Restriction = {
  name: 'sleep',
  takes: 'number',
  async evaluate({ machine }, { argument }) {
    if (!/^\d{1,6}$/.test(argument)) return misconfigured('restriction sleep must be followed by number')
    await machine.clock.sleep(Number(argument) * 1000)
    return dunno
  },
}
