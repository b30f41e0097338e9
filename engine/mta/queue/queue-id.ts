/**
 * Names of queue files: the microsecond a message came and the number of its file, so that no two are the same.
 *
 * postconf(5) enable_long_queue_ids.
 */
const safe52 = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz'
const safe51 = safe52.slice(0, 51)

/** Five digits of microseconds and the file's number, in hexadecimal: `8501A3E`. */
export const shortQueueId = (microseconds: number, inode: number): string =>
  hexadecimal(microseconds).padStart(5, '0') + hexadecimal(inode)

/** Seconds and microseconds in base 52, `z`, and the file's number in base 51: `4ZZTyB1xWxz2vV`. No vowels, so no words. */
export const longQueueId = (seconds: number, microseconds: number, inode: number): string =>
  `${inBase(seconds, safe52).padStart(6, '0')}${inBase(microseconds, safe52).padStart(4, '0')}z${inBase(inode, safe51)}`

/** What can be a queue id at all: nothing else becomes part of a path. */
export const isQueueId = (text: string): boolean => /^[0-9A-Za-z]{4,30}$/.test(text)

const hexadecimal = (n: number) => n.toString(16).toUpperCase()

function inBase(n: number, digits: string): string {
  let text = ''
  for (let rest = n; rest > 0 || text === ''; rest = Math.floor(rest / digits.length)) {
    text = (digits[rest % digits.length] ?? '') + text
  }
  return text
}
