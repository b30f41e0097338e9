/** Every command of a lab host. To add one: its file, one import, and its name in the list. */
import type { HostCommand } from '../command.ts'
import { cat } from './cat.ts'
import { dig } from './dig.ts'
import { doveadm } from './doveadm.ts'
import { doveconf } from './doveconf.ts'
import { echo, printf } from './echo.ts'
import { chmod, cp, mkdir, mv, rm, tee, touch } from './file-changes.ts'
import { grep } from './grep.ts'
import { head, tail } from './head.ts'
import { host } from './host.ts'
import { date, fail, hostname, id, pwd, succeed, whoami } from './identity.ts'
import { ls } from './ls.ts'
import { mailq } from './mailq.ts'
import { newaliases } from './newaliases.ts'
import { postalias } from './postalias.ts'
import { postcat } from './postcat.ts'
import { postconf } from './postconf.ts'
import { postfix } from './postfix.ts'
import { postkick } from './postkick.ts'
import { postlog } from './postlog.ts'
import { postmap } from './postmap.ts'
import { postmulti } from './postmulti.ts'
import { postqueue } from './postqueue.ts'
import { postsuper } from './postsuper.ts'
import { qshape } from './qshape.ts'
import { saslauthd } from './saslauthd.ts'
import { sasldblistusers2 } from './sasldblistusers2.ts'
import { saslpasswd2 } from './saslpasswd2.ts'
import { sed } from './sed.ts'
import { sendmail } from './sendmail.ts'
import { sieveTest } from './sieve-test.ts'
import { sievec } from './sievec.ts'
import { initScripts, service, systemctl } from './service.ts'
import { testsaslauthd } from './testsaslauthd.ts'
import { wc } from './wc.ts'

const all: readonly HostCommand[] = [
  cat,
  dig,
  doveadm,
  doveconf,
  echo,
  printf,
  cp,
  mv,
  rm,
  mkdir,
  touch,
  chmod,
  tee,
  grep,
  head,
  tail,
  host,
  id,
  whoami,
  hostname,
  pwd,
  date,
  succeed,
  fail,
  ls,
  mailq,
  newaliases,
  postalias,
  postcat,
  postconf,
  postfix,
  postkick,
  postlog,
  postmap,
  postmulti,
  postqueue,
  postsuper,
  qshape,
  saslauthd,
  sasldblistusers2,
  saslpasswd2,
  sed,
  sendmail,
  sieveTest,
  sievec,
  service,
  ...initScripts,
  systemctl,
  testsaslauthd,
  wc,
]

export const commands: ReadonlyMap<string, HostCommand> = new Map(
  all.map((command) => [command.name, command]),
)
