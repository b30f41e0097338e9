import { initialTransition, transition } from 'xstate'
import { describe, expect, test } from 'vitest'
import { accepts, stateName } from '#protocol/chart.ts'
import { imapSession, type ImapSessionStep } from '#protocol/imap/session.machine.ts'

type Step = ImapSessionStep['type']

function after(...steps: readonly Step[]) {
  let [snapshot] = initialTransition(imapSession)
  for (const type of steps) [snapshot] = transition(imapSession, snapshot, { type } as ImapSessionStep)
  return snapshot
}
const may = (type: Step, ...steps: readonly Step[]) => accepts(after(...steps), { type } as ImapSessionStep)

const loggedIn = ['LOGIN', 'authenticated'] as const
const selected = [...loggedIn, 'SELECT', 'selected'] as const

describe('the order of an IMAP session', () => {
  test('takes LOGIN before login and not after', () => {
    expect(may('LOGIN')).toBe(true)
    expect(may('LOGIN', ...loggedIn)).toBe(false)
  })

  test('takes mailbox commands once the user is known, with a mailbox open or not', () => {
    expect(may('LIST')).toBe(false)
    expect(may('LIST', ...loggedIn)).toBe(true)
    expect(may('LIST', ...selected)).toBe(true)
  })

  test('takes FETCH only while a mailbox is open', () => {
    expect(may('FETCH', ...loggedIn)).toBe(false)
    expect(may('FETCH', ...selected)).toBe(true)
    expect(may('FETCH', ...selected, 'CLOSE')).toBe(false)
  })

  test('a SELECT that fails leaves no mailbox open', () => {
    expect(stateName(after(...selected, 'SELECT', 'not-selected'))).toBe('unselected')
  })

  test('IDLE takes nothing but its end, and leads back to where it began', () => {
    expect(may('NOOP', ...selected, 'IDLE')).toBe(false)
    expect(may('FETCH', ...selected, 'IDLE')).toBe(false)
    expect(stateName(after(...selected, 'IDLE', 'done'))).toBe('selected')
    expect(stateName(after(...loggedIn, 'IDLE', 'done'))).toBe('unselected')
  })

  test('ends at LOGOUT, and when the connection breaks', () => {
    expect(after(...selected, 'LOGOUT').status).toBe('done')
    expect(after('hang-up').status).toBe('done')
  })
})
