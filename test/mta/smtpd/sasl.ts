import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import type { SmtpCase } from '../../truth/smtp-case.ts'

export const createTestSasl = (_case: SmtpCase): SaslServer | null => null
