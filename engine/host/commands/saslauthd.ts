/** saslauthd(8): `-v` says what it was built with; Debian starts it as a service. */
import type { HostCommand } from '../command.ts'
import { optionProblem, readOptions } from './arguments.ts'

/** What Debian's package was built with. */
const built =
  'saslauthd 2.1.28\nauthentication mechanisms: sasldb getpwent kerberos5 pam rimap shadow ldap\n\n'

const usage = `usage: saslauthd [options]

option information:
  -a <authmech>  Selects the authentication mechanism to use.
  -c             Enable credential caching.
  -d             Debugging (don't detach from tty, implies -V)
  -r             Combine the realm with the login before passing to authentication mechanism
                 Ex. login: "foo" realm: "bar" will get passed as login: "foo@bar"
                 The realm name is passed untouched.
  -O <option>    Optional argument to pass to the authentication
                 mechanism.
  -l             Disable accept() locking. Increases performance, but
                 may not be compatible with some operating systems.
  -m <path>      Alternate path for the saslauthd working directory,
                 must be absolute.
  -n <procs>     Number of worker processes to create.
  -s <kilobytes> Size of the credential cache (in kilobytes)
  -t <seconds>   Timeout for items in the credential cache (in seconds)
  -v             Display version information and available mechs
  -V             Enable verbose logging
  -h             Display this message.

${built}`

export const saslauthd: HostCommand = {
  name: 'saslauthd',
  async run({ box, words }) {
    const read = readOptions(words.slice(1), 'a:cdhlO:m:n:rs:t:vV')
    if (read.kind !== 'options') {
      return { stdout: '', stderr: optionProblem('saslauthd', read) + usage, exit: 0 }
    }
    const letters = read.options.map(({ letter }) => letter)
    if (letters.includes('v')) return { stdout: '', stderr: built, exit: 0 }
    if (letters.includes('h')) return { stdout: '', stderr: usage, exit: 0 }
    if (!letters.includes('a')) {
      const process = box.machine.next('process')
      return {
        stdout: '',
        stderr: `saslauthd[${process}] :no authentication mechanism specified\n${usage}`,
        exit: 0,
      }
    }
    const problem = await box.control('saslauthd', 'start')
    return problem === null
      ? { stdout: '', stderr: '', exit: 0 }
      : { stdout: '', stderr: `saslauthd[${box.machine.next('process')}] :${problem}\n`, exit: 1 }
  },
}
