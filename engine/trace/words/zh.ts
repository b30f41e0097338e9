/** What explains a reply, in Chinese. */
import { causes } from './causes.zh.ts'
import { flips } from './flips.zh.ts'
import { imap } from './imap.zh.ts'
import { meanings } from './meanings.zh.ts'
import { route } from './route.zh.ts'
import { restrictions } from './restrictions.zh.ts'
import type { Words } from './words.ts'

export const zh: Words = { imap, meanings, restrictions, route, causes, flips }
