/** A mbox without messages that still must remember its UIDs keeps them in a message of their own. */
import { asctime } from '#protocol/message/date.ts'
import { writeBase, type MboxBase } from './headers.ts'

export function pseudoMessage(host: string, now: number, base: MboxBase): string {
  const date = new Date(now).toUTCString().replace(/GMT$/, '+0000')
  return `From MAILER_DAEMON ${asctime(now)}
Date: ${date}
From: Mail System Internal Data <MAILER-DAEMON@${host}>
Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA
Message-ID: <${Math.floor(now / 1000)}@${host}>
X-IMAP: ${writeBase(base)}
Status: RO

This text is part of the internal format of your mail folder, and is not
a real message.  It is created automatically by the mail system software.
If deleted, important folder data will be lost, and it will be re-created
with the data reset to initial values.

`
}
