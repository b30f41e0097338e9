// Maildir and mbox keep the same promises, in memory and on a disk.
import { mailStoreContract } from '../contract/mail-store.contract.ts'
import { mailWorld } from './world.ts'

mailStoreContract('a Maildir in memory', () => mailWorld({ location: 'maildir:~/Maildir' }))
mailStoreContract('a Maildir on a disk', () => mailWorld({ location: 'maildir:~/Maildir', storage: 'node' }))
mailStoreContract('a Maildir with nested folders', () =>
  mailWorld({ location: 'maildir:~/Maildir:LAYOUT=fs' }),
)
mailStoreContract('a mbox in memory', () => mailWorld({ location: 'mbox:~/mail:INBOX=~/inbox' }))
mailStoreContract('a mbox on a disk', () =>
  mailWorld({ location: 'mbox:~/mail:INBOX=~/inbox', storage: 'node' }),
)
