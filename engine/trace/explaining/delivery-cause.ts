/**
 * Why a delivery did not succeed, read from what the agent reported: its sentences are Postfix's own.
 *
 * smtp(8), local(8), bounce(5).
 */
import type { Cause } from '../cause.ts'
import type { FactOf } from '../events.ts'

export function causeOfDelivery(fact: FactOf<'delivery.result'>): Cause | null {
  const { outcome, recipient, relay, status, text } = fact
  if (outcome === 'sent' || outcome === 'deliverable') return null
  const said = / said: (.*?)(?: \(in reply to .*\))?$/s.exec(text)
  if (said) return { kind: 'peer-said', relay: hostIn(text) ?? relay, said: said[1] ?? text }
  const connect = /^(?:connect to|lost connection with|conversation with) (\S+?)(?:: | while|\s)(.*)$/s.exec(
    text,
  )
  if (connect) return { kind: 'not-connected', relay: connect[1] ?? relay, why: connect[2] ?? '' }
  const unresolved = /Host or domain name not found\. Name service error for name=(\S+)/.exec(text)
  if (unresolved) return { kind: 'not-resolved', name: unresolved[1] ?? '' }
  if (/loops back to myself/.test(text)) return { kind: 'loops-back' }
  if (/^unknown user: |user unknown|User doesn't exist/i.test(text))
    return { kind: 'no-mailbox', address: recipient }
  if (/^[45]\.2\.2$/.test(status)) return { kind: 'quota', address: recipient }
  return { kind: 'delivery', status, text }
}

const hostIn = (text: string): string | null => /^host (\S+) said: /.exec(text)?.[1] ?? null
